"""Reels rendered in the background, for pages that cannot wait for them."""
