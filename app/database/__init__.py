"""The database of a data directory: labels, keys, jobs, shortlists and saved searches."""
