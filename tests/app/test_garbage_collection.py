"""Python's garbage collector in a server."""

import asyncio
import gc
import weakref

from app.garbage_collection import THRESHOLD, collect_now_and_then, tune_garbage_collector
from tests.app.cli.conftest import Reelfind
from tests.app.cli.conftest import reelfind as reelfind


def test_loaded_objects_are_exempt_from_collection() -> None:
    before = gc.get_threshold()
    try:
        tune_garbage_collector()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] == THRESHOLD
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_a_command_does_not_look_for_garbage_among_what_it_imports(reelfind: Reelfind) -> None:
    before = gc.get_threshold()
    gc.set_threshold(700)
    try:
        assert reelfind("--version").code == 0
        assert gc.get_threshold()[0] == THRESHOLD
    finally:
        gc.set_threshold(*before)


class Ended:
    """A session that refers to itself."""

    def __init__(self) -> None:
        self.own = self


def test_what_has_ended_is_collected_however_little_happens() -> None:
    async def work() -> None:
        session = weakref.ref(Ended())
        assert session() is not None
        collecting = asyncio.create_task(collect_now_and_then(0.001))
        async with asyncio.timeout(60):
            while session() is not None:
                await asyncio.sleep(0)
        collecting.cancel()

    gc.disable()
    try:
        asyncio.run(work())
    finally:
        gc.enable()
