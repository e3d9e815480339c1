"""Python's garbage collector in a server."""

import gc

from app.garbage_collection import THRESHOLD, tune_garbage_collector


def test_loaded_objects_are_exempt_from_collection() -> None:
    before = gc.get_threshold()
    try:
        tune_garbage_collector()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] == THRESHOLD
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
