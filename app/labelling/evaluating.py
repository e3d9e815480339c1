"""Evaluates every representation on every task with labels, for the report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

import numpy as np

from app.labelling.data import ProbeData
from indexer.errors import ReelfindError
from probes.blocks import PROBE, block_names, columns
from probes.evaluation.measuring import evaluate_task
from probes.evaluation.records import Evaluation, Subject, TaskEvaluation
from probes.evaluation.report import Item
from probes.labels.items import LabelledItems
from probes.labels.matching import ShotRange
from probes.metrics import Labels
from probes.probe import Matrix
from probes.tasks import ZERO_SHOT, Task


@dataclass(frozen=True, eq=False)
class Measured:
    """An evaluation, and the items that its row numbers refer to."""

    evaluation: Evaluation
    items: Sequence[ShotRange]
    data: ProbeData

    def __getitem__(self, row: int) -> Item:
        """Return an item in words, for the report."""
        item = self.items[row]
        start, _, end = self.data.place(item).partition(" – ")
        return Item(self.data.names[item.title_id], start, end)

    def still(self, row: int) -> bytes | None:
        """Return the JPEG of an item, for the report."""
        return self.data.still(self.items[row])


def evaluate(
    data: ProbeData,
    tasks: Sequence[Task],
    held_out: Sequence[str],
    today: date,
    progress: Callable[[str, float], None],
) -> Measured:
    """Measure the probe, each representation and prompts on the same labels.

    Args:
        data: titles with labels.
        tasks: to be measured.
        held_out: published splits that are used for measuring only; by default, every title is
        measured by heads trained without it.
        today: the date on the report.
        progress: called with the current step and the share of all work that is done, 0..1.

    Raises:
        ReelfindError: no such split, or no task has enough labels.
    """
    labelled = [data.labelled(task) for task in tasks]
    narrowed = [_with_labels(task, own) for task, own in zip(tasks, labelled, strict=True)]
    items = sorted({item for each in labelled for item in each.items})
    titles = [item.title_id for item in items]
    away = _held_out(data, titles, held_out)
    representations: dict[str, Matrix] = {}
    makers = data.represent(items).makers if items else {}
    wanted = {name for task in tasks for name in columns(task.level, makers)}
    for number, name in enumerate(each for each in makers if each in wanted):
        progress(f"embedding: {name}", 0.2 * number / len(wanted))
        representations[name] = makers[name]()
    found: list[TaskEvaluation] = []
    refused: list[str] = []
    for number, (task, values) in enumerate(_values(narrowed, items)):
        prompted = data.prompted(task, items)

        def tick(done: float, name: str = task.name, number: int = number) -> None:
            progress(name, 0.2 + 0.8 * (number + done) / len(tasks))

        try:
            found.append(
                evaluate_task(
                    task,
                    {name: representations[name] for name in columns(task.level, representations)},
                    values,
                    titles,
                    choice=block_names(task.level, dict(data.encoder.config.modalities)),
                    reference=PROBE,
                    scored={} if prompted is None else {ZERO_SHOT: prompted},
                    held_out=away,
                    settings=data.settings,
                    progress=tick,
                )
            )
        except ValueError as error:
            refused.append(str(error))
    if not found:
        raise ReelfindError(f"{data.source}: nothing to measure ({'; '.join(refused)})")
    subject = Subject(
        profile=data.profile,
        encoder=data.encoder_id,
        labels_digest=sha256("".join(each.digest for each in labelled).encode()).hexdigest()[:16],
        titles=len(set(titles)),
        items=len(items),
        labels=int(sum((~np.isnan(each.values)).sum() for each in labelled)),
        date=today.isoformat(),
        seed=0,
    )
    return Measured(Evaluation(subject, tuple(found)), items, data)


def _with_labels(task: Task, labelled: LabelledItems) -> tuple[Task, LabelledItems]:
    """Return a task reduced to the classes with labels, and their labels."""
    known = np.flatnonzero((~np.isnan(labelled.values)).any(axis=0))
    classes = tuple(task.classes[column] for column in known)
    return replace(task, classes=classes), replace(labelled, values=labelled.values[:, known])


def _values(
    tasks: Sequence[tuple[Task, LabelledItems]], items: Sequence[ShotRange]
) -> Iterator[tuple[Task, Labels]]:
    """Return the labels of each task, [items, classes]; NaN for the items of others."""
    places = {item: row for row, item in enumerate(items)}
    for task, labelled in tasks:
        values = np.full((len(items), len(task.classes)), np.nan)
        values[[places[item] for item in labelled.items]] = labelled.values
        yield task, values


def _held_out(
    data: ProbeData, titles: Sequence[str], splits: Sequence[str]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    if not splits:
        return None
    known = set(data.splits.values())
    for split in splits:
        if split not in known:
            there = ", ".join(sorted(known)) or "none"
            raise ReelfindError(f"no titles of split {split!r}; the titles' table has: {there}")
    return np.array([data.splits.get(title) in splits for title in titles])
