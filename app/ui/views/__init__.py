"""The pages, one per file; the entry script is ``app/ui/main.py``."""
