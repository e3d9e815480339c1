"""Reviews: others watch a shortlist by a link, comment on it and approve it, without a key."""
