"""Labels as training data: items of titles, with one value per class."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from probes.labels.agreement import MatchedLabel, majority, ratings
from probes.labels.matching import ShotRange, ShotTimes, Unmatched
from probes.labels.records import Label, is_yes_no
from probes.labels.summary import match_all
from probes.metrics import Labels
from probes.tasks import Task


@dataclass(frozen=True, eq=False)
class LabelledItems:
    """The labels of one task, one value per item and class.

    ``items`` are n runs of shots, in order; ``values`` [n, classes] float64 follows the task's
    classes, NaN where there is no label. ``tied`` counts the values that are left out because as
    many annotators say yes as no; ``unmatched`` are the labels that match no shots, with reasons.
    """

    items: Sequence[ShotRange]
    values: Labels
    tied: int
    unmatched: Sequence[tuple[Label, Unmatched]]

    @property
    def titles(self) -> list[str]:
        """The title id of each item."""
        return [item.title_id for item in self.items]

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that identify the items and their values."""
        spans = "\n".join(f"{i.title_id} {i.first} {i.end}" for i in self.items)
        return hashlib.sha256(spans.encode() + b"\0" + self.values.tobytes()).hexdigest()[:16]


def labelled_items(
    task: Task,
    labels: Iterable[Label],
    times: Mapping[str, ShotTimes | None],
    clips: Mapping[str, Sequence[ShotRange]],
) -> LabelledItems:
    """Collect the labels of a task.

    Args:
        task: to collect for; labels of classes that it does not have are left out.
        labels: of any tasks.
        times: the shots of each title.
        clips: the clips of each title, which inherit its labels where a task is about titles.
    """
    columns = {name: column for column, name in enumerate(task.class_names)}
    own = [label for label in labels if label.task == task.name and label.class_name in columns]
    matched, unmatched = match_all(own, times, task)
    by_class: dict[str, list[MatchedLabel]] = defaultdict(list)
    for label, item in matched:
        by_class[label.class_name].append((label, item))
    known: dict[ShotRange, dict[int, float]] = defaultdict(dict)
    tied = 0
    for name, own_labels in by_class.items():
        found = majority(ratings(own_labels), is_yes_no(task))
        tied += found.tied
        for item, value in found.values.items():
            for part in clips[item.title_id] if task.level == "title" else (item,):
                known[part][columns[name]] = value
    items = sorted(known)
    values = np.full((len(items), len(columns)), np.nan)
    for row, item in enumerate(items):
        for column, value in known[item].items():
            values[row, column] = value
    return LabelledItems(items, values, tied, unmatched)
