"""Rate limits of keys: moving windows, kept in this process."""

import time
from math import ceil

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from indexer.errors import ReelfindError


class Limits:
    """Counts each caller's requests against one rate, such as ``600/minute``."""

    def __init__(self, rate: str) -> None:
        self._rate = read_rate(rate)
        self._counted = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, caller: str) -> int:
        """Count one request of ``caller``; return 0, or the seconds to wait if it is too many.

        A request that has to wait is not counted.
        """
        return 0 if self._counted.hit(self._rate, caller) else self._left(caller)

    def _left(self, caller: str) -> int:
        reset = self._counted.get_window_stats(self._rate, caller).reset_time
        return max(1, ceil(reset - time.time()))


def read_rate(rate: str) -> RateLimitItem:
    """Read a rate such as ``10/second``, ``600/minute`` or ``5000/hour``.

    Raises:
        ReelfindError: it is none.
    """
    try:
        return parse(rate)
    except ValueError as error:
        raise ReelfindError(
            f"rate {rate!r} cannot be read; write it as 600/minute or 10/second"
        ) from error
