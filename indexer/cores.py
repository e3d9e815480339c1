"""Shares the processor's cores between networks that run at the same time."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_on_cores(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Do ``work`` on every item, each on one core, and yield the results in order.

    Concurrent calls share one pool with a thread per core, so ``work`` must not call this itself.
    """
    return _workers().map(work, items)


@contextmanager
def shared_cores(users: int) -> Iterator[None]:
    """Divide torch's threads between ``users`` that compute at the same time.

    Surplus threads spin while they wait for each other, which costs several times the
    work. Applies to this thread and to threads started inside the block.
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


def set_threads(count: int) -> None:
    """Let torch compute with ``count`` threads from now on."""
    import torch

    torch.set_num_threads(count)


@contextmanager
def one_core() -> Iterator[None]:
    """Make this thread, and no other, compute without OpenMP's helper threads.

    For work of a few milliseconds, waking the helpers costs more than they save. Setting torch's
    number of threads (``threads``) would also apply to threads started inside the block. Do not
    use this for float32 products: MKL has its own threads and is slower with one core.
    """
    with _openmp().limit(limits=1):
        yield


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), "core", _keep_to_one_core)


def _keep_to_one_core() -> None:
    """Make a thread compute without OpenMP's helper threads for as long as it lives."""
    import torch

    # On its first use in a thread, torch applies the number of threads set for all threads.
    torch.get_num_threads()
    _openmp().limit(limits=1)


@cache
def _openmp() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="openmp")
