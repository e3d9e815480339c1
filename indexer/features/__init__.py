"""Embeddings as tables: bring your own, or take a catalogue's; no video is needed."""
