"""The database of a data directory, for labels, keys, jobs, shortlists and saved searches."""
