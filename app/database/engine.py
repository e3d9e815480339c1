"""Opens the database: a SQLite file in the data directory, or PostgreSQL by its address.

Several processes use it at once: the server, command lines, a second machine. SQLite's
write-ahead log lets one process write while others read; a second writer waits.
"""

import math
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app.database.absent import absent_database
from app.database.passing import is_passing
from app.database.revisions import bring_up_to_date
from indexer.errors import NotNowError, ReelfindError
from indexer.sections import DatabaseSettings
from indexer.settings import Settings

DATABASE = "reelfind.db"
"""The file's name in a data directory."""
AGAIN = 5
"""Seconds to wait before a retry if the database is down or locked."""
IDLE = 60
"""Seconds that a transaction may lie idle in PostgreSQL."""
QUIET = {
    **{"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3},
    "tcp_user_timeout": 10_000,
}
"""When the network to a PostgreSQL server counts as broken: seconds, tries, milliseconds."""

_POSTGRES = "postgresql+psycopg"
_WRITES = "reelfind_writes"


class DatabaseError(ReelfindError):
    """The database cannot be opened, read or written."""


class DatabaseAwayError(DatabaseError, NotNowError):
    """The database is away, locked or has too much to do: the same request may succeed later.

    Its message goes to the client, so it contains neither the database's address nor its user. The
    driver's message is in a note for the operator (PEP 678).
    """


class Database:
    """The tables of one data directory. Thread-safe; opened on first use.

    The first write creates the SQLite file; before that, reading finds empty tables. Tables of an
    older Reelfind are migrated before their first use.
    """

    def __init__(self, url_or_path: str | Path, settings: DatabaseSettings | None = None) -> None:
        """Take the SQLite file at a path, or the database at a URL.

        Args:
            url_or_path: the database.
            settings: its number of connections, and timeouts.

            Raises:
                DatabaseError: the URL is invalid, or its driver is not installed.
        """
        settings = settings or DatabaseSettings()
        url = _url(url_or_path)
        self.name = url.render_as_string(hide_password=True)
        """Its name in messages, without the password."""
        self._file: Path | None = None
        if url.get_backend_name() == "sqlite":
            self.name = url.database or ""
            self._file = Path(self.name)
        self._patience = settings.patience
        self._engine = _engine(url, settings)
        self._writing = self._engine.execution_options(**{_WRITES: True})
        self._is_current = False
        self._lock = threading.Lock()

    @classmethod
    def of(cls, data: Path, settings: Settings | None = None) -> Self:
        """Return the database of the data directory ``data``: by its settings' URL, or its file.

        Raises:
            DatabaseError: the URL in the settings is invalid, or its driver is not installed.
        """
        url = settings.database.url if settings is not None else None
        where = data / DATABASE if url is None else url.get_secret_value()
        return cls(where, settings.database if settings is not None else None)

    @contextmanager
    def read(self, what: str) -> Iterator[Connection]:
        """Begin a transaction that reads; ``what`` (such as "labels") is for messages.

        Raises:
            DatabaseAwayError: it cannot be read now.
            DatabaseError: it cannot be read.
        """
        with self._readable_errors(what):
            if self._file is not None and not self._file.is_file():
                with absent_database().begin() as connection:
                    yield connection
                return
            self._bring_up_to_date()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def begin(self, what: str) -> Iterator[Connection]:
        """Begin a transaction that writes, all or nothing; ``what`` is for messages.

        An ``IntegrityError`` that is an answer (a name is taken) is caught inside the block.

        Raises:
            DatabaseAwayError: it cannot be written now.
            DatabaseError: it cannot be written.
        """
        with self._readable_errors(what):
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            self._bring_up_to_date()
            with self._writing.begin() as connection:
                yield connection

    @property
    def is_shared(self) -> bool:
        """Whether several servers may use it: it is PostgreSQL."""
        return self._engine.dialect.name == "postgresql"

    def connect_alone(self) -> Connection:
        """Return a connection beside the shared ones, without transactions; the caller closes it.

        Raises:
            SQLAlchemyError: it cannot be had.
        """
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection

    def close(self) -> None:
        """Close the connections; the next use opens them again."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _bring_up_to_date(self) -> None:
        # One thread tries a server that is down; the others do not queue up for it.
        if self._is_current:
            return
        if not self._lock.acquire(timeout=self._patience):
            raise TimeoutError("another thread waits for it already")
        try:
            if not self._is_current:
                if self._file is not None:
                    _keep_private(self._file)
                name = self.name if self._file is not None else "the database"
                bring_up_to_date(self._engine, self._writing, name)
                self._is_current = True
        finally:
            self._lock.release()

    @contextmanager
    def _readable_errors(self, what: str) -> Iterator[None]:
        """Turn errors of the database into one line each."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            if is_passing(error):
                away = DatabaseAwayError(
                    f"{what} cannot be read or written now: the database is away, locked or has "
                    "too much to do; try again in a moment",
                    AGAIN,
                )
                away.add_note(f"{self.name}: {cause}")
                raise away from error
            if self._file is None:
                told = DatabaseError(
                    f"{what} cannot be read or written; check the rights of its user and the "
                    "setting database.url"
                )
                told.add_note(f"{self.name}: {cause}")
                raise told from error
            raise DatabaseError(
                f"{self.name}: {what} cannot be read or written ({cause}); check that it can be "
                "written to and is a database of Reelfind, or restore it from a backup"
            ) from error


def _keep_private(file: Path) -> None:
    """Make a SQLite file, new or old, readable by its owner only: it contains secrets.

    A process that does not own the file leaves its permissions. SQLite's auxiliary files get the
    same ones.
    """
    if not file.exists():
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name != "posix":
        return
    for each in (file, *(file.with_name(f"{file.name}-{part}") for part in ("wal", "shm"))):
        with suppress(FileNotFoundError, PermissionError):
            rights = stat.S_IMODE(each.stat().st_mode)
            if rights & 0o077:
                each.chmod(rights & 0o700)


def _url(url_or_path: str | Path) -> URL:
    if isinstance(url_or_path, Path):
        return URL.create("sqlite", database=str(url_or_path))
    try:
        url = make_url(url_or_path)
    except ArgumentError as error:
        # The URL is not quoted: it may contain a password.
        raise DatabaseError(
            "setting database.url: is no address of a database; write it like "
            "postgresql://user:password@host/reelfind"
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername=_POSTGRES)
    if url.drivername == _POSTGRES or (url.drivername == "sqlite" and url.database):
        return url
    raise DatabaseError(
        f"setting database.url: {url.drivername} without more is not supported; write "
        "postgresql://user:password@host/reelfind, or sqlite:///path/to/the/file.db"
    )


def _engine(url: URL, settings: DatabaseSettings) -> Engine:
    pool = {
        "pool_size": settings.connections,
        "max_overflow": 0,
        "pool_timeout": settings.patience,
    }
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": settings.patience}, **pool)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine
    # libpq counts whole seconds, and takes less than two for two.
    waits = {"connect_timeout": max(2, math.ceil(settings.patience))}
    try:
        engine = create_engine(url, pool_pre_ping=True, connect_args=waits | QUIET, **pool)
    except ImportError as error:
        raise DatabaseError(
            "setting database.url: PostgreSQL's driver is not installed; "
            "pip install 'psycopg[binary]>=3'"
        ) from error
    event.listen(engine, "connect", partial(_limit, settings))
    return engine


def _limit(settings: DatabaseSettings, connection: Any, _record: object) -> None:
    """Bound how long a connection to PostgreSQL waits for locks and for its own statements."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {round(settings.patience * 1000)}")
        cursor.execute(f"SET statement_timeout = {round(settings.longest * 1000)}")
        # A process that hangs within a transaction must not keep its locks.
        cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE * 1000}")
    connection.commit()


def _configure(connection: Any, _record: object) -> None:
    # Transactions are begun by _begin: sqlite3 alone would begin them at the first write.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # SQLite refuses a transaction that reads first and writes later if another process wrote
    # in between, without waiting; one that locks for writing at once waits its turn.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
