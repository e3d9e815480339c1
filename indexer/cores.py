"""How many cores one network takes, where several run at the same time."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Do ``work`` on every item, each on one core, and yield the results in order.

    All who call this at the same time share as many threads as there are cores, so ``work`` must
    not call it itself.
    """
    return _workers().map(work, items)


@contextmanager
def shared_cores(users: int) -> Iterator[None]:
    """Let each of ``users`` that compute at once have its part of torch's threads.

    Threads beyond the cores wait for each other by spinning, which costs several times the
    work. Holds for this thread and for those that start meanwhile.
    """
    import torch

    with threads(max(1, torch.get_num_threads() // users)):
        yield


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch compute with ``count`` threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_core() -> Iterator[None]:
    """Let this thread, and no other, share none of its work with OpenMP's helpers.

    Where the work is of a few milliseconds, waking them costs more than they do. What torch is
    told (``threads``) would hold for threads that start meanwhile, too. Products of float32 are
    not for this: MKL has threads of its own, and is then slower.
    """
    with _openmp().limit(limits=1):
        yield


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), "core", _keep_to_one_core)


def _keep_to_one_core() -> None:
    """Let a thread share none of its work with OpenMP's helpers, as long as it lives."""
    import torch

    # At its first use in a thread, torch sets the number that it was told for all threads.
    torch.get_num_threads()
    _openmp().limit(limits=1)


@cache
def _openmp() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="openmp")
