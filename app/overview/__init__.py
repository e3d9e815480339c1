"""Overview of an installation: parts in use, settings with their sources, and health checks."""
