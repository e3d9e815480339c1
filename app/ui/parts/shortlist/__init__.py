"""Parts of the shortlist page: the list of all, one list, its items, trimming and export."""
