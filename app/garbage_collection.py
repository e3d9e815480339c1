"""Tunes Python's garbage collector so that searches do not wait for it."""

import gc

THRESHOLD = 50_000
"""Net new objects in a server before the collector runs."""


def tune_garbage_collector() -> None:
    """Tune the collector of a process that has loaded its networks and index."""
    # Objects of libraries and networks live as long as the process: exempt them from collection.
    gc.collect()
    gc.freeze()
    # A search makes thousands of objects without cycles, which are freed with its answer.
    gc.set_threshold(THRESHOLD)
