"""Searches with a name: what is new in them, and the webhooks that are notified."""
