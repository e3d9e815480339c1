"""The results of an evaluation, as plain records that can be stored as JSON.

Undefined numbers are NaN. Rows are numbered as the caller gave them.
"""

from dataclasses import dataclass

from probes.intervals import Interval
from probes.reading import BlockRecord

COLUMNS = ("Task and representation", "Value", "95 %", "Difference", "95 %", "")
"""Of the terminal table."""


@dataclass(frozen=True)
class Cell:
    """One metric of one column. ``difference`` is this column minus the reference, paired."""

    value: Interval
    difference: Interval | None
    """None for the reference itself."""

    @property
    def sign(self) -> int:
        """1 or -1 where the difference's interval leaves out 0, else 0."""
        if self.difference is None:
            return 0
        return int(self.difference.low > 0) - int(self.difference.high < 0)


@dataclass(frozen=True)
class Curve:
    """A precision-recall curve, from the highest score down. Both: [points], at most 100."""

    recall: tuple[float, ...]
    precision: tuple[float, ...]


@dataclass(frozen=True)
class Bins:
    """Predicted against observed in bins of equal width; empty bins are left out."""

    count: tuple[int, ...]
    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    expected_error: float
    """The mean difference of the two, weighted by rows."""


@dataclass(frozen=True)
class Calling:
    """Precision and recall of a class at its threshold."""

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Example:
    """A measured row, the reference's score for it and its label."""

    row: int
    score: float
    label: float


@dataclass(frozen=True)
class Examples:
    """Of the reference, each the clearest first.

    ``found`` rightly score high; ``mistaken`` wrongly score high; ``missed`` wrongly score low.
    """

    found: tuple[Example, ...]
    mistaken: tuple[Example, ...]
    missed: tuple[Example, ...]


@dataclass(frozen=True)
class ClassEvaluation:
    """One class. Curve, bins and calling are the reference's; a ranking has none of them."""

    name: str
    labelled: int
    """Of the measured rows, as are ``positives`` (0 for a ranking) and ``titles``."""
    positives: int
    titles: int
    """With positives, or with rows that rank differently."""
    chance: float
    cells: tuple[Cell, ...]
    """In the order of the task's ``columns``: average precision, or tau-b per title."""
    curve: Curve | None
    bins: Bins | None
    calling: Calling | None
    examples: Examples


@dataclass(frozen=True)
class LeftOut:
    """A class that was not measured, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Measured:
    """One metric of a task, for every column."""

    metric: str
    chance: float
    cells: tuple[Cell, ...]
    """In the order of the task's ``columns``."""


@dataclass(frozen=True)
class TaskEvaluation:
    """All results of one task."""

    task: str
    kind: str
    level: str
    columns: tuple[str, ...]
    """The representations, then the given scores."""
    reference: str
    scored: tuple[str, ...]
    """The ``columns`` that were given as scores, not trained on these labels."""
    folds: int
    """By title, among the rows of the training."""
    held_out: bool
    """Whether a separate split was measured, instead of every row out of fold."""
    items: int
    """Rows measured, as are ``titles`` and ``labels``."""
    titles: int
    labels: int
    learned_items: int
    resamples: int
    seed: int
    measures: tuple[Measured, ...]
    """The first is the task's main metric."""
    curves: tuple[Curve, ...]
    """All labels pooled, in the order of ``columns``; empty for a ranking."""
    bins: Bins | None
    """All labels pooled, of the reference."""
    classes: tuple[ClassEvaluation, ...]
    left_out: tuple[LeftOut, ...]
    blocks: tuple[BlockRecord, ...] = ()
    """Of the column of the probe: those that it reads, then those left out."""

    @property
    def reference_column(self) -> int:
        """The index of the reference in ``columns``."""
        return self.columns.index(self.reference)


@dataclass(frozen=True)
class Subject:
    """What was measured."""

    profile: str
    encoder: str
    """Id of the checkpoint."""
    labels_digest: str
    titles: int
    items: int
    labels: int
    date: str
    """ISO 8601, or in words."""
    seed: int


@dataclass(frozen=True)
class Evaluation:
    """All tasks, and what they were measured on."""

    subject: Subject
    tasks: tuple[TaskEvaluation, ...]

    def table_rows(self) -> list[tuple[str, ...]]:
        """Return rows for a terminal, in the order of ``COLUMNS``: about 90 characters wide.

        Each task and metric has a row for its name, one for each column, and one for chance.
        """
        return [row for task in self.tasks for row in _rows_of(task)]


def number(value: float) -> str:
    """Return a value of a metric as text; a dash where it is not defined."""
    return "–" if value != value else f"{value:.3f}".replace("-", "−")


def signed(value: float) -> str:
    """Return a difference as text, with its sign."""
    return "–" if value != value else f"{value:+.3f}".replace("-", "−")


def span(interval: Interval) -> str:
    """Return an interval as text."""
    between = " to " if interval.low < 0 else "–"
    return f"{number(interval.low)}{between}{number(interval.high)}"


def _rows_of(task: TaskEvaluation) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for measured in task.measures:
        rows.append((f"{task.task}: {measured.metric}", "", "", "", "", ""))
        for column, cell in zip(task.columns, measured.cells, strict=True):
            name, compared = f"  {column} (reference)", ("", "", "")
            if cell.difference is not None:
                name, apart = f"  {column}", cell.difference
                verdict = {1: "better", -1: "worse", 0: ""}[cell.sign]
                compared = (
                    signed(apart.value),
                    f"{signed(apart.low)} to {signed(apart.high)}",
                    verdict,
                )
            rows.append((name, number(cell.value.value), span(cell.value), *compared))
        rows.append(("  chance", number(measured.chance), "", "", "", ""))
    return rows
