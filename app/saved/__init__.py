"""Saved searches: finds their new hits, and notifies webhooks."""
