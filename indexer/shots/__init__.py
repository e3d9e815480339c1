"""Shot detection: finds the frames at which shots begin."""
