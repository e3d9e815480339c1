"""The parts of the page of shortlists, one a file or folder."""
