"""Probes: linear heads on frozen embeddings, with their tasks, labels and evaluation."""
