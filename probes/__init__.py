"""Linear heads on frozen embeddings: tasks, scores and their evaluation."""
