"""Where labels are kept: one table, by SQLAlchemy, in a file or a database server.

The command line and the browser write to it at the same time. SQLite's write-ahead log lets
one write while others read, and a writer waits for another.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Date,
    Double,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    make_url,
    select,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from probes.labels.records import Label, LabelError

DATABASE = "reelfind.db"
"""The file's name in a data directory."""

PATIENCE = 30.0
"""Seconds that a writer waits for another."""

_LABELS = Table(
    "labels",
    MetaData(),
    Column("task", String(200), primary_key=True),
    Column("class", String(200), primary_key=True, key="class_name"),
    Column("title_id", String(200), primary_key=True),
    Column("start", Double, primary_key=True),
    Column("end", Double, primary_key=True),
    Column("annotator", String(200), primary_key=True),
    Column("value", Double, nullable=False),
    Column("date", Date, nullable=False),
)
_KEY = tuple(column.key for column in _LABELS.primary_key)
_ORDER = ("title_id", "start", "end", "task", "class_name", "annotator")


class LabelStore:
    """Labels on disk. An annotator's label said again replaces; another annotator's is added."""

    def __init__(self, url_or_path: str | Path) -> None:
        """Open, and make where it is missing, a SQLite file or the database at a URL.

        Raises:
            LabelError: it cannot be opened, or is no such database.
        """
        url = _url(url_or_path)
        self._name = url.render_as_string(hide_password=True)
        if url.get_backend_name() == "sqlite":
            self._name = url.database or self._name
            self._engine = create_engine(url, connect_args={"timeout": PATIENCE})
            event.listen(self._engine, "connect", _write_ahead)
        else:
            self._engine = create_engine(url)
        with self._begin() as connection:
            connection.execute(CreateTable(_LABELS, if_not_exists=True))

    def add(self, labels: Iterable[Label]) -> tuple[int, int]:
        """Write labels, all or none, as if one after the other.

        Returns:
            How many were added, and how many replaced what their annotator had said before.
        """
        given = list(labels)
        latest = {label.key: label for label in given}
        if not latest:
            return 0, 0
        same = [_LABELS.c[name] == bindparam(f"_{name}") for name in _KEY]
        keys = [{f"_{name}": getattr(label, name) for name in _KEY} for label in latest.values()]
        rows = [asdict(label) for label in latest.values()]
        with self._begin() as connection:
            # A write comes first: a transaction that reads first and writes later is refused
            # by SQLite where another process has written in between.
            known = connection.execute(_LABELS.delete().where(*same), keys).rowcount
            connection.execute(_LABELS.insert(), rows)
        added = len(latest) - known
        return added, len(given) - added

    def all(self, task: str | None = None, title_id: str | None = None) -> list[Label]:
        """Return the labels of a task, a title or both, by title and time."""
        wanted = _matching(task=task, title_id=title_id)
        columns = [_LABELS.c[field.name] for field in fields(Label)]
        query = select(*columns).where(*wanted).order_by(*(_LABELS.c[name] for name in _ORDER))
        with self._begin() as connection:
            return [Label(*row) for row in connection.execute(query)]

    def remove(
        self,
        *,
        task: str | None = None,
        class_name: str | None = None,
        title_id: str | None = None,
        start: float | None = None,
        end: float | None = None,
        annotator: str | None = None,
    ) -> int:
        """Delete the labels that are as said in every respect given; return how many.

        Raises:
            ValueError: nothing is said, which would delete all there is.
        """
        wanted = _matching(
            task=task,
            class_name=class_name,
            title_id=title_id,
            start=start,
            end=end,
            annotator=annotator,
        )
        if not wanted:
            raise ValueError("say which labels to remove")
        with self._begin() as connection:
            return connection.execute(_LABELS.delete().where(*wanted)).rowcount

    def annotators(self) -> list[str]:
        """Return the names of all who have labelled, in alphabetical order."""
        query = select(_LABELS.c.annotator).distinct().order_by(_LABELS.c.annotator)
        with self._begin() as connection:
            return list(connection.scalars(query))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise LabelError(
                f"{self._name}: labels cannot be read or written ({cause}); check that it can be "
                "written to and is a database of Reelfind, or restore it from a backup"
            ) from error


def _url(url_or_path: str | Path) -> URL:
    if isinstance(url_or_path, str) and "://" in url_or_path:
        return make_url(url_or_path)
    return URL.create("sqlite", database=str(url_or_path))


def _write_ahead(connection: Any, record: object) -> None:
    del record
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def _matching(**wanted: str | float | None) -> list[Any]:
    return [_LABELS.c[name] == value for name, value in wanted.items() if value is not None]
