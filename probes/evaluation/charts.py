"""Geometry of the report's charts, in the units of their view boxes; the template draws them."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from probes.evaluation.records import Bins, Curve, Measured, TaskEvaluation
from probes.intervals import Interval
from probes.reading import BlockRecord

LEFT, TOP, SIDE = 46.0, 12.0, 250.0
"""A square chart's plot area; labels stand to its left and below."""
HISTOGRAM = 44.0
"""Height of the counts under a reliability diagram."""
NAMES, SCALE, VALUES, ROW = 210.0, 520.0, 130.0, 26.0
"""Widths of an interval chart's parts, and the height of its rows."""


@dataclass(frozen=True)
class Line:
    """``points`` as SVG's polyline takes them."""

    name: str
    points: str
    strong: bool


@dataclass(frozen=True)
class Dot:
    """A point of the plot, with its size and tooltip."""

    x: float
    y: float
    size: float
    words: str


@dataclass(frozen=True)
class Bar:
    """A bar that stands on the lower edge of its strip."""

    x: float
    width: float
    height: float


@dataclass(frozen=True)
class Whisker:
    """One row of an interval chart."""

    name: str
    y: float
    low: float
    value: float
    high: float
    words: str
    strong: bool


@dataclass(frozen=True)
class IntervalChart:
    """Values with intervals, chance as a line, and round numbers along the scale."""

    height: float
    rows: tuple[Whisker, ...]
    chance: float
    ticks: tuple[tuple[float, str], ...]


def across(value: float) -> float:
    """Return x of 0..1 in a square chart."""
    return round(LEFT + SIDE * value, 1)


def up(value: float) -> float:
    """Return y of 0..1 in a square chart."""
    return round(TOP + SIDE * (1 - value), 1)


def curve_line(curve: Curve, name: str, strong: bool) -> Line:
    """Return a precision-recall curve as a line."""
    points = zip(curve.recall, curve.precision, strict=True)
    return Line(name, " ".join(f"{across(x)},{up(y)}" for x, y in points), strong)


def task_lines(task: TaskEvaluation) -> list[Line]:
    """Return the pooled curves of a task's columns, the reference last and so on top."""
    lines = [
        curve_line(curve, name, name == task.reference)
        for name, curve in zip(task.columns, task.curves, strict=False)
    ]
    return sorted(lines, key=lambda line: line.strong)


def bin_dots(bins: Bins) -> list[Dot]:
    """Return observed against predicted, an area per rows."""
    most = max(bins.count)
    return [
        Dot(
            across(predicted),
            up(observed),
            round(2.5 + 4.5 * math.sqrt(count / most), 1),
            f"predicted {predicted:.2f}, observed {observed:.2f}, {count:,} rows",
        )
        for count, predicted, observed in zip(
            bins.count, bins.predicted, bins.observed, strict=True
        )
    ]


def bin_bars(bins: Bins) -> list[Bar]:
    """Return how many rows each bin holds, as heights on a scale of square roots."""
    most = max(bins.count)
    return [
        Bar(across(predicted) - 4, 8.0, round(max(HISTOGRAM * math.sqrt(count / most), 1.0), 1))
        for count, predicted in zip(bins.count, bins.predicted, strict=True)
    ]


def interval_chart(task: TaskEvaluation, measured: Measured) -> IntervalChart:
    """Return the chart of one metric over all columns of a task."""
    intervals = [cell.value for cell in measured.cells]
    rows = dict(zip(task.columns, intervals, strict=True))
    return _chart(rows, {task.reference}, measured.chance)


def block_chart(blocks: Sequence[BlockRecord]) -> IntervalChart:
    """Return the chart of what each block adds, from 0 on; those that are read are strong."""
    rows = {each.name: Interval(each.adds, each.low, each.high) for each in blocks}
    return _chart(rows, {each.name for each in blocks if each.is_read}, 0.0)


def _chart(rows: Mapping[str, Interval], strong: Collection[str], line: float) -> IntervalChart:
    ends = [end for each in rows.values() for end in (each.low, each.value, each.high)]
    known = [each for each in (*ends, line) if not math.isnan(each)]
    ticks = _round_numbers(min(known, default=0.0), max(known, default=1.0))

    def place(value: float) -> float:
        share = 0.0 if math.isnan(value) else (value - ticks[0]) / (ticks[-1] - ticks[0])
        return round(NAMES + SCALE * share, 1)

    whiskers = tuple(
        Whisker(
            name,
            ROW * at + ROW / 2,
            place(each.low),
            place(each.value),
            place(each.high),
            "–" if math.isnan(each.value) else f"{each.value:.3f}".replace("-", "−"),
            name in strong,
        )
        for at, (name, each) in enumerate(rows.items())
    )
    labels = tuple((place(each), f"{each:g}".replace("-", "−")) for each in ticks)
    return IntervalChart(ROW * len(rows), whiskers, place(line), labels)


def _round_numbers(low: float, high: float) -> Sequence[float]:
    """Return four to eight round numbers that hold ``low`` and ``high`` between them."""
    span = max(high - low, 1e-3)
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if span / (each * power) <= 6)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(each * step, 10) for each in range(first, max(last, first + 1) + 1)]
