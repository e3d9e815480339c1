"""The collector of cycles in a server."""

import gc

from app.collector import GARBAGE, spare_searches


def test_what_is_loaded_is_not_walked_again() -> None:
    before = gc.get_threshold()
    try:
        spare_searches()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] == GARBAGE
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
