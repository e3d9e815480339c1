"""Searches with a name: what is new in them, and who is told of it."""
