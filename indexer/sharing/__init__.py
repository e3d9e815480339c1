"""Artefacts in an object store, which machines without a common file system share."""
