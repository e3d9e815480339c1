"""Backbones: frozen networks, one per modality, and the profiles that combine them."""
