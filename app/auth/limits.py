"""Rate limits of keys: moving windows, in this process or, with PostgreSQL, for all servers."""

import logging
import time
from itertools import count
from math import ceil
from typing import Protocol

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import text

from app.database.engine import Database, DatabaseError
from indexer.errors import ReelfindError

FORGET = 1000
"""Requests after which counts that are over are deleted."""

_WHAT = "rates"
_log = logging.getLogger(__name__)

_COUNT = text("""
    INSERT INTO rates AS known (caller, hits, until)
    SELECT :caller, ARRAY[moment], moment + :seconds
    FROM CAST(extract(epoch FROM clock_timestamp()) AS double precision) AS moment
    ON CONFLICT (caller) DO UPDATE SET
        hits = array(SELECT hit FROM unnest(known.hits) AS hit
                     WHERE hit > excluded.hits[1] - :seconds) || excluded.hits,
        until = excluded.until
    WHERE (SELECT count(*) FROM unnest(known.hits) AS hit
           WHERE hit > excluded.hits[1] - :seconds) < :most
    RETURNING caller
""")
_LEFT = text("""
    SELECT min(hit) + :seconds - extract(epoch FROM clock_timestamp())
    FROM rates, unnest(hits) AS hit
    WHERE caller = :caller AND hit > extract(epoch FROM clock_timestamp()) - :seconds
""")
_FORGET = text("DELETE FROM rates WHERE until < extract(epoch FROM clock_timestamp())")


class Counts(Protocol):
    """Counts each caller's requests against one rate."""

    def wait(self, caller: str) -> int:
        """Count one request of ``caller``; return 0, or the seconds to wait if it is too many.

        A request that has to wait is not counted.
        """
        ...


def limits_of(rate: str, name: str, database: Database) -> Counts:
    """Return the limit ``name`` of a rate such as ``600/minute``, for all servers that share it.

    Raises:
        ReelfindError: it is no rate.
    """
    return SharedLimits(rate, name, database) if database.is_shared else Limits(rate)


class Limits:
    """Counts in this process."""

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


class SharedLimits:
    """Counts in a PostgreSQL database, and in this process alone while it is away."""

    def __init__(self, rate: str, name: str, database: Database) -> None:
        self._name = name
        self._database = database
        self._rate = read_rate(rate)
        self._alone = Limits(rate)
        self._counted = count()

    def wait(self, caller: str) -> int:
        """Count one request of ``caller``; return 0, or the seconds to wait if it is too many.

        A request that has to wait is not counted.
        """
        try:
            return self._wait(caller)
        except DatabaseError as error:
            _log.warning("%s; requests are counted by each server", error)
            return self._alone.wait(caller)

    def _wait(self, caller: str) -> int:
        own = {"caller": f"{self._name}:{caller}"[:300], "seconds": self._rate.get_expiry()}
        with self._database.begin(_WHAT) as connection:
            if next(self._counted) % FORGET == 0:
                connection.execute(_FORGET)
            if connection.scalar(_COUNT, own | {"most": self._rate.amount}) is not None:
                return 0
            return max(1, ceil(connection.scalar(_LEFT, own) or 0))


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
