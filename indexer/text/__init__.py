"""Timed text: what is said and heard in a title, and in which shot."""
