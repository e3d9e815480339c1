"""Films to searchable shots and clips."""
