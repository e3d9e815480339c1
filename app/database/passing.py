"""Recognises temporary database errors, after which the same request may succeed later."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

PASSING = ("08", "40", "53", "55", "57")
"""Classes of PostgreSQL's codes: connections, transactions that others undid, too few resources,
objects in use (among them a lock that was not had in time), and an operator who stops the server
or a statement that took too long (https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""SQLite's codes of the same."""


def is_passing(error: Exception) -> bool:
    """Return whether a database error is temporary."""
    if isinstance(error, TimeoutError | PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        # The extended code tells more in its higher bits.
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in BUSY
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # Without an error code there was no answer: the server is down, or the connection broke.
        return isinstance(error, OperationalError | InterfaceError)
    return str(state).startswith(PASSING)
