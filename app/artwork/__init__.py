"""Artwork: the best stills of a title or a shortlist, as large as the film, and crops of them."""
