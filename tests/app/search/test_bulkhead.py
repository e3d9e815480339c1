"""Slow work: no more than so many at a time, and nobody waits for long."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.search.bulkhead import Bulkhead
from indexer.errors import BusyError


def test_no_more_than_its_slots_are_taken_at_a_time() -> None:
    bulkhead = Bulkhead("clips", at_once=2, waiting=6, patience=60)
    inside: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def work(number: int) -> None:
        with bulkhead.slot():
            with lock:
                inside.append(number)
                most.append(len(inside))
            with lock:
                inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert max(most) <= 2
    assert len(most) == 8


def test_one_too_many_is_refused_at_once() -> None:
    bulkhead = Bulkhead("clips", at_once=1, waiting=0, patience=60)
    with (
        bulkhead.slot(),
        pytest.raises(BusyError, match="too many clips") as refused,
        bulkhead.slot(),
    ):
        pytest.fail("there was one slot")
    assert refused.value.seconds > 0


def test_whoever_waits_too_long_is_refused_and_leaves_its_slot() -> None:
    bulkhead = Bulkhead("clips", at_once=1, waiting=1, patience=0.01)
    for _ in range(3):
        with bulkhead.slot(), pytest.raises(BusyError), bulkhead.slot():
            pytest.fail("there was one slot")
    with bulkhead.slot():
        pass


def test_a_slot_is_free_again_after_a_fault() -> None:
    bulkhead = Bulkhead("clips", at_once=1, waiting=0, patience=0.01)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), bulkhead.slot():
            _ = 1 // 0
