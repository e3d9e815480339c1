"""Turns that one process of a cluster has at a time: advisory locks of PostgreSQL.

A turn lasts as long as the connection that holds it. When its process dies, the next one that asks
has it. Under SQLite there is one server, which always has every turn.
"""

import os
import platform
import threading
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.database.engine import Database, DatabaseError
from app.database.sharing import REELFIND, Turn
from indexer.catalogue import Catalogue
from indexer.errors import InUseError, ReelfindError
from indexer.settings import Settings
from indexer.store.lock import Held

_QUIET = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
"""When the database takes a machine for dead that went silent, in seconds and tries: by default it
waits for two hours, and the turn with it."""
_HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND classid = :reelfind AND objid = :turn"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Taking:
    """Takes a turn, and gives it back. Thread-safe."""

    def __init__(self, database: Database, turn: Turn) -> None:
        self._database = database
        self._turn = turn
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Return whether this process has the turn now; one that it has is looked after.

        False also where the database is away: nobody knows whose turn it is.
        """
        if not self._database.is_shared:
            return True
        with self._lock:
            try:
                return self._still_held() or self._take()
            except (SQLAlchemyError, DatabaseError, OSError):
                self._drop()
                return False

    def release(self) -> None:
        """Give the turn back."""
        with self._lock:
            self._drop()

    def _still_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(select(1))
        except SQLAlchemyError:
            self._drop()
        return self._connection is not None

    def _take(self) -> bool:
        self._connection = connection = self._database.connect_alone()
        for name, value in {**_QUIET, "application_name": f"'{_holder()}'"}.items():
            connection.exec_driver_sql(f"SET {name} = {value}")
        taken = func.pg_try_advisory_lock(REELFIND, int(self._turn))
        if connection.scalar(select(taken)):
            return True
        self._drop()
        return False

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def holder_of(database: Database, turn: Turn) -> str | None:
    """Return who has a turn; None where nobody has.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with database.read("turns") as connection:
        found: str | None = connection.scalar(_HOLDER, {"reelfind": REELFIND, "turn": int(turn)})
    return found


@dataclass(frozen=True)
class IndexWriter:
    """The turn to write to an index that several machines share."""

    database: Database
    catalogue: str
    """Its data directory, for messages."""

    def take(self) -> Held:
        """Take the turn.

        Raises:
            InUseError: another process has it, or the database is away.
        """
        taking = Taking(self.database, Turn.WRITE_INDEX)
        if not taking.take():
            holder = holder_of(self.database, Turn.WRITE_INDEX) or "another process"
            raise InUseError(f"{self.catalogue}: {holder} writes to the index; wait or stop it")
        return taking

    def is_taken(self) -> bool:
        """Return whether somebody writes; False where the database does not say."""
        try:
            return holder_of(self.database, Turn.WRITE_INDEX) is not None
        except ReelfindError:
            return False


def _holder() -> str:
    """Return the name of this process, for others; PostgreSQL cuts off after 63 bytes."""
    host = "".join(char for char in platform.node() if char.isalnum() or char in "-._")[:36]
    return f"process {os.getpid()} on {host}"


def catalogue_of(data: Path, settings: Settings, database: Database) -> Catalogue:
    """Return a data directory, with the lock of whoever writes to its index."""
    if settings.has_replicas:
        return Catalogue(data, IndexWriter(database, str(data)))
    return Catalogue(data)
