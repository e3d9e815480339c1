"""Parts of the titles page: adding films, the queue of jobs, the rows and their dialogs."""
