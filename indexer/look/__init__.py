"""Look and movement of shots, measured on the small frames of the decode pass."""
