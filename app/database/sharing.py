"""What servers that share a PostgreSQL database agree on: the time, and whose turn it is.

A SQLite file has one server: its own clock counts, and a transaction that writes excludes others.
"""

from datetime import UTC, datetime
from enum import IntEnum

from sqlalchemy import Connection, func, select

REELFIND = 0x7265656C
"""The first number of all advisory locks here: any that no other program takes."""


class Turn(IntEnum):
    """What one process does at a time: the second number of its advisory lock."""

    TAKE_JOB = 1
    WRITE_INDEX = 2
    WATCH_FOLDERS = 3
    NOTIFY_WEBHOOKS = 4


def now(connection: Connection) -> datetime:
    """Return the time by the database's clock, in UTC: those of servers differ."""
    if not is_postgres(connection):
        return datetime.now(UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def wait_for(connection: Connection, turn: Turn) -> None:
    """Exclude other servers from a turn until the transaction ends."""
    if is_postgres(connection):
        connection.execute(select(func.pg_advisory_xact_lock(REELFIND, int(turn))))


def is_postgres(connection: Connection) -> bool:
    """Return whether a connection leads to PostgreSQL."""
    return connection.dialect.name == "postgresql"
