"""How many cores one network takes, where several run at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def shared_cores(users: int) -> Iterator[None]:
    """Let each of ``users`` that compute at once have its part of torch's threads.

    Threads beyond the cores wait for each other by spinning, which costs several times the
    work. Holds for this thread and for those that start meanwhile.
    """
    with threads(max(1, torch.get_num_threads() // users)):
        yield


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch compute with ``count`` threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
