"""Labels that people make one by one, while they look at clips."""

from collections.abc import Iterable
from datetime import date

from app.database.engine import Database
from app.labelling.store import LabelStore
from app.records import Hit
from probes.labels.records import Label

Said = dict[tuple[str, str], float]
"""What one annotator says of one clip: by task and class, 1 or 0."""


class Annotations:
    """The labels of a data directory, as one annotator sees them."""

    def __init__(self, database: Database, annotator: str) -> None:
        self._store = LabelStore(database)
        self._annotator = annotator

    def said(self, hits: Iterable[Hit]) -> dict[str, Said]:
        """Return what the annotator has said of clips or shots, by id.

        Raises:
            ReelfindError: the labels cannot be read.
        """
        spans = {(hit.title_id, hit.start_seconds, hit.end_seconds): hit.id for hit in hits}
        found: dict[str, Said] = {identity: {} for identity in spans.values()}
        for title_id in {title_id for title_id, _, _ in spans}:
            for label in self._store.all(title_id=title_id):
                identity = spans.get((title_id, label.start, label.end))
                if identity is not None and label.annotator == self._annotator:
                    found[identity][label.task, label.class_name] = label.value
        return found

    def say(self, hit: Hit, task: str, class_name: str, value: float | None) -> None:
        """Label a clip or shot, or take the annotator's label back (None).

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
