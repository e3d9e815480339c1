"""A bulkhead for slow work: limits how many run and how many wait; others are refused."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.errors import BusyError


class Bulkhead:
    """Limits how often slow work runs at the same time. Thread-safe.

    Each waiting caller holds a thread of the server, so few may wait, and not for long.
    """

    def __init__(self, what: str, at_once: int, waiting: int, patience: float) -> None:
        """Make a bulkhead with ``at_once`` slots.

        Args:
            what: the kind of work, for messages: "clips".
            at_once: the number of slots.
            waiting: how many callers may wait for a slot.
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
            BusyError: too many wait already, or no slot became free in time.
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
