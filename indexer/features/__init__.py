"""Imports embeddings from parquet tables, without video, and exports a catalogue's embeddings."""
