"""Renews the lease of what this server has in hand, for as long as it is at work."""

import logging
import platform
import time
from collections.abc import Callable
from uuid import uuid4

from app.jobs.runner import Runner
from indexer.errors import ReelfindError

LOOK = 1.0
"""Seconds between two renewals, and between two looks for what other servers left."""
AGAIN = 5.0
"""Seconds until a database that is away is asked again."""
LEASE = 60.0
"""Seconds that a lease lasts, unless the settings say otherwise."""

_log = logging.getLogger(__name__)


class Renewer:
    """Renews a lease in a thread of its own. Thread-safe.

    Args:
        name: of the thread.
        seconds: that the lease lasts.
        renew: renews it. Returns whether it is still this server's; None if nothing is in hand.
            Raises ReelfindError where the database is away.
        give_up: stops the work, since another server may have taken it.
    """

    def __init__(
        self,
        name: str,
        seconds: float,
        renew: Callable[[], bool | None],
        give_up: Callable[[], None],
    ) -> None:
        self._seconds = seconds
        self._renew = renew
        self._give_up = give_up
        self._until = 0.0
        self._runner = Runner(name, self._step)

    def begin(self) -> None:
        """Begin with a lease that was just taken."""
        self._until = time.monotonic() + self._seconds
        self._runner.wake()

    def close(self, patience: float) -> None:
        """Renew no more."""
        self._runner.close(patience)

    def _step(self) -> float | None:
        until = time.monotonic() + self._seconds
        try:
            kept = self._renew()
        except ReelfindError as error:
            _log.warning("%s", error)
            if time.monotonic() >= self._until:
                self._give_up()
            return AGAIN
        if kept is None:
            return None
        if kept:
            self._until = until
        else:
            self._give_up()
        return LOOK


def new_owner() -> str:
    """Return a name for this server among the owners of leases."""
    return f"{platform.node()[:60]}-{uuid4().hex[:12]}"
