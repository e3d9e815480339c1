"""One page a file; the entry script is ``app/ui/main.py``."""
