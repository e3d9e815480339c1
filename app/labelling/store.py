"""Stores labels in the database."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from app.database.engine import Database
from app.database.tables import LABELS
from app.records import Hit
from probes.labels.records import Label

_WHAT = "labels"
_KEY = tuple(column.key for column in LABELS.primary_key)
_ORDER = ("title_id", "start", "end", "task", "class_name", "annotator")


class LabelStore:
    """The labels of a data directory. A new label replaces the same annotator's previous one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, labels: Iterable[Label]) -> tuple[int, int]:
        """Write labels, all or none, as if one after the other.

        Returns:
            How many labels were added, and how many replaced an earlier one.
        """
        given = list(labels)
        latest = {label.key: label for label in given}
        if not latest:
            return 0, 0
        same = [LABELS.c[name] == bindparam(f"_{name}") for name in _KEY]
        keys = [{f"_{name}": getattr(label, name) for name in _KEY} for label in latest.values()]
        rows = [asdict(label) for label in latest.values()]
        with self._database.begin(_WHAT) as connection:
            known = connection.execute(LABELS.delete().where(*same), keys).rowcount
            connection.execute(LABELS.insert(), rows)
        added = len(latest) - known
        return added, len(given) - added

    def all(self, task: str | None = None, title_id: str | None = None) -> list[Label]:
        """Return the labels of a task, a title or both, by title and time."""
        return self._read(*_matching(task=task, title_id=title_id))

    def of(self, title_ids: Collection[str], annotator: str) -> list[Label]:
        """Return an annotator's labels of some titles, by title and time."""
        if not title_ids:
            return []
        return self._read(LABELS.c.title_id.in_(title_ids), LABELS.c.annotator == annotator)

    def _read(self, *wanted: Any) -> list[Label]:
        columns = [LABELS.c[field.name] for field in fields(Label)]
        query = select(*columns).where(*wanted).order_by(*(LABELS.c[name] for name in _ORDER))
        with self._database.read(_WHAT) as connection:
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
        """Delete the labels that match every given criterion; return how many.

        Raises:
            ValueError: no criterion is given, which would delete all labels.
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
        with self._database.begin(_WHAT) as connection:
            return connection.execute(LABELS.delete().where(*wanted)).rowcount

    def annotators(self) -> list[str]:
        """Return the names of all annotators, in alphabetical order."""
        query = select(LABELS.c.annotator).distinct().order_by(LABELS.c.annotator)
        with self._database.read(_WHAT) as connection:
            return list(connection.scalars(query))


def _matching(**wanted: str | float | None) -> list[Any]:
    return [LABELS.c[name] == value for name, value in wanted.items() if value is not None]


Said = dict[tuple[str, str], float]
"""What one annotator says of one clip: by task and class, 1 or 0."""


class Annotations:
    """The labels of a data directory, as one annotator sees them."""

    def __init__(self, database: Database, annotator: str) -> None:
        self._store = LabelStore(database)
        self._annotator = annotator

    def labels_of(self, hits: Iterable[Hit]) -> dict[str, Said]:
        """Return the annotator's labels of clips or shots, by id.

        Raises:
            ReelfindError: the labels cannot be read.
        """
        spans = {(hit.title_id, hit.start_seconds, hit.end_seconds): hit.id for hit in hits}
        found: dict[str, Said] = {identity: {} for identity in spans.values()}
        for label in self._store.of({title_id for title_id, _, _ in spans}, self._annotator):
            identity = spans.get((label.title_id, label.start, label.end))
            if identity is not None:
                found[identity][label.task, label.class_name] = label.value
        return found

    def set_label(self, hit: Hit, task: str, class_name: str, value: float | None) -> None:
        """Label a clip or shot, or remove the annotator's label (None).

        Raises:
            ReelfindError: the labels cannot be written.
        """
        if value is None:
            self._store.remove(
                task=task,
                class_name=class_name,
                title_id=hit.title_id,
                start=hit.start_seconds,
                end=hit.end_seconds,
                annotator=self._annotator,
            )
            return
        said = Label(
            task=task,
            class_name=class_name,
            title_id=hit.title_id,
            start=hit.start_seconds,
            end=hit.end_seconds,
            value=value,
            annotator=self._annotator,
            date=date.today(),
        )
        self._store.add([said])
