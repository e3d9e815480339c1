"""Frozen networks, one modality each."""
