"""How many threads a network takes."""

import os
import threading

import torch

from indexer.cores import map_on_cores, one_core, shared_cores


def test_threads_that_start_meanwhile_have_their_part() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    found: list[int] = []
    try:
        with shared_cores(2):
            thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
            thread.start()
            thread.join()
        assert found == [2]
        assert torch.get_num_threads() == 4
        with shared_cores(9):
            assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_one_core_is_for_the_thread_that_asks_alone() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    found: list[int] = []

    def look() -> None:
        torch.ones(1).sum()
        found.append(torch.get_num_threads())

    try:
        with one_core():
            look()
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
        look()
        assert found == [1, 4, 4]
    finally:
        torch.set_num_threads(before)


def test_all_that_is_spread_at_once_shares_the_cores() -> None:
    """Two callers at once; every item waits until as many run as there are cores."""
    cores = os.cpu_count() or 1
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    together = threading.Barrier(cores)
    lock = threading.Lock()
    running = most = 0
    widths: set[int] = set()

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(timeout=60)
        torch.ones(1).sum()
        widths.add(torch.get_num_threads())
        with lock:
            running -= 1
        return number * number

    found: dict[int, list[int]] = {}

    def caller(first: int) -> None:
        found[first] = list(map_on_cores(work, range(first, first + cores)))

    callers = [threading.Thread(target=caller, args=(first,)) for first in (0, 100)]
    try:
        for each in callers:
            each.start()
        for each in callers:
            each.join()
    finally:
        torch.set_num_threads(before)
    for first in (0, 100):
        assert found[first] == [number * number for number in range(first, first + cores)]
    assert most <= cores
    assert widths == {1}
