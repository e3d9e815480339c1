"""How many threads a network takes."""

import threading

import torch

from indexer.cores import one_core, shared_cores


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
