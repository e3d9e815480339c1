"""The application: search, HTTP API, browser application and command line."""

import os

# Waiting OpenMP threads would spin on the cores that the other stages and ffmpeg need: indexing
# takes a sixth longer with them. Read when torch is first imported, which is after this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
