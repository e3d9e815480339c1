"""How a server lets Python's collector of cycles run: a search need not wait for it."""

import gc

GARBAGE = 50_000
"""Objects that a server makes beyond those it drops before the collector looks for cycles."""


def spare_searches() -> None:
    """Set the collector for a process that has loaded what its searches need."""
    # What libraries and networks made stays: no search need wait for the collector to walk it.
    gc.collect()
    gc.freeze()
    # A search makes thousands of objects that form no cycles and go with its answer.
    gc.set_threshold(GARBAGE)
