"""A bulkhead for slow work: so many at a time, so many waiting, and the others are refused."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.errors import BusyError


class Bulkhead:
    """Bounds how often something slow is done at the same time. Safe between threads.

    Each caller that waits holds a thread of the server, so few may wait, and not for long.
    """

    def __init__(self, what: str, at_once: int, waiting: int, patience: float) -> None:
        """Make a bulkhead with ``at_once`` slots.

        Args:
            what: what is handled here, for messages: "clips".
            at_once: slots.
            waiting: how many may wait for one.
            patience: the most seconds that they wait.
        """
        self._what = what
        self._patience = patience
        self._slots = threading.BoundedSemaphore(at_once)
        self._inside = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold a slot.

        Raises:
            BusyError: too many wait already, or none became free in time.
        """
        if not self._inside.acquire(blocking=False):
            raise self._busy()
        try:
            if not self._slots.acquire(timeout=self._patience):
                raise self._busy()
            try:
                yield
            finally:
                self._slots.release()
        finally:
            self._inside.release()

    def _busy(self) -> BusyError:
        return BusyError(f"too many {self._what} at the same time; try again in a moment", 5)
