"""Labels: one annotator's answer about one span of a title."""

import math
from dataclasses import dataclass
from datetime import date

from probes.tasks import Task

YES_NO_KINDS: frozenset[str] = frozenset({"multi-label", "binary"})
"""Kinds of task whose labels are 0 or 1; those of the others are any finite numbers."""


class LabelError(ValueError):
    """A label, or a table or store of labels, is refused; the message says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """What one annotator says about one span of a title.

    ``start`` and ``end`` are seconds from the start of the film, the end exclusive. ``value``
    is 1 or 0 for a multi-label or binary task, and any finite number for a ranking.

    Raises:
        LabelError: a name is empty, the span is not one, or the value is not finite.
    """

    task: str
    class_name: str
    title_id: str
    start: float
    end: float
    value: float
    annotator: str
    date: date

    def __post_init__(self) -> None:
        for name in ("task", "class_name", "title_id", "annotator"):
            if not getattr(self, name):
                raise LabelError(f"no {name.removesuffix('_name').removesuffix('_id')}")
        if not (math.isfinite(self.start) and math.isfinite(self.end)):
            raise LabelError("start and end must be finite numbers of seconds")
        if self.start < 0:
            raise LabelError(f"starts at {self.start:g} s, before the film does")
        if self.end <= self.start:
            raise LabelError(f"ends at {self.end:g} s, which is not after its start")
        if not math.isfinite(self.value):
            raise LabelError("the value must be a finite number")

    @property
    def key(self) -> tuple[str, str, str, float, float, str]:
        """All fields but value and date: a label with the same key replaces the one before."""
        names = (self.task, self.class_name, self.title_id)
        return (*names, self.start, self.end, self.annotator)


def is_yes_no(task: Task) -> bool:
    """Return whether a task's labels are 0 or 1."""
    return task.kind in YES_NO_KINDS
