"""Collects what comes quickly, to be dealt with together."""

import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")

PAUSE = 5.0
"""Seconds between two batches, at least."""


class Batches(Generic[Item]):
    """Hands items on at once if none came lately, and else together with those that follow.

    Args:
        take: is given a batch, of one item or more.
        clock: tells the seconds.
    """

    def __init__(
        self,
        take: Callable[[Sequence[Item]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take = take
        self._clock = clock
        self._waiting: list[Item] = []
        self._handed_on: float | None = None

    def add(self, item: Item) -> None:
        """Take an item; it may wait for the next one, or for ``finish``."""
        self._waiting.append(item)
        if self._handed_on is None or self._clock() - self._handed_on >= PAUSE:
            self.finish()

    def finish(self) -> None:
        """Hand on what waits."""
        batch, self._waiting = self._waiting, []
        if batch:
            self._take(batch)
            self._handed_on = self._clock()
