"""Faces in stills, what they say of a shot's framing, and how good each still is."""
