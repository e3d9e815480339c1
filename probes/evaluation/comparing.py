"""Comparison of columns of scores: values, paired differences to the reference, intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from probes.evaluation.records import Cell, Measured
from probes.intervals import percentile_interval, resampled
from probes.metrics import (
    ClassAveragePrecision,
    Labels,
    MicroAveragePrecision,
    Scores,
    TitleTau,
    Values,
    chance,
    micro_chance,
    nan_mean,
)
from probes.tasks import TaskKind

NAMES: dict[TaskKind, str] = {
    "multi-label": "macro AP",
    "binary": "AP",
    "ranking": "tau-b per title",
}
"""The metric of a task: the mean over its classes."""

Weighted = Callable[[Values], Values]


@dataclass(frozen=True)
class Comparison:
    """``measures`` of the task, and ``class_cells``: [classes][columns]."""

    measures: tuple[Measured, ...]
    class_chance: Values
    class_cells: tuple[tuple[Cell, ...], ...]


class ClassTaus:
    """Kendall's tau-b within each title, averaged over titles, of every class."""

    def __init__(self, labels: Labels, scores: Scores, titles: Sequence[str]) -> None:
        """Take labels and scores [n, classes], and the title id of each row."""
        self._classes = [
            TitleTau(labels[:, [each]], scores[:, [each]], titles)
            for each in range(labels.shape[1])
        ]

    def __call__(self, weights: Values) -> Values:
        """Return [resamples, classes], NaN where no title of weight ranks anything."""
        return np.stack([each(weights) for each in self._classes], axis=1)


def compare(
    kind: TaskKind,
    labels: Labels,
    columns: Sequence[Scores],
    titles: Sequence[str],
    reference: int,
    resamples: int,
    seed: int,
    tick: Callable[[], None],
) -> Comparison:
    """Measure every column on the same rows and the same resamples of titles.

    Args:
        kind: of the task.
        labels: [n, classes], NaN where not labelled.
        columns: scores [n, classes] of each column.
        titles: the title id of each row.
        reference: the column that the others are compared with.
        resamples: of titles.
        seed: of the resamples.
        tick: called after each column.
    """
    whole = np.ones((1, len(titles)))
    values: list[tuple[Values, ...]] = []
    draws: list[tuple[Values, ...]] = []
    for scores in columns:
        metrics = _metrics(kind, labels, scores, titles)
        values.append(tuple(metric(whole) for metric in metrics))
        draws.append(tuple(resampled(metrics, titles, resamples, seed)))
        tick()
    of_class = [(value[0][0], draw[0]) for value, draw in zip(values, draws, strict=True)]
    class_chance = np.zeros(labels.shape[1]) if kind == "ranking" else chance(labels)
    overall = [
        (float(nan_mean(value[0])[0]), nan_mean(draw[0]))
        for value, draw in zip(values, draws, strict=True)
    ]
    expected = float(nan_mean(class_chance[None])[0])
    measures = [Measured(NAMES[kind], expected, _cells(overall, reference))]
    if kind == "multi-label":
        pooled = [(float(value[1][0]), draw[1]) for value, draw in zip(values, draws, strict=True)]
        measures.append(Measured("micro AP", micro_chance(labels), _cells(pooled, reference)))
    return Comparison(
        tuple(measures),
        class_chance,
        tuple(
            _cells([(float(value[at]), draw[:, at]) for value, draw in of_class], reference)
            for at in range(labels.shape[1])
        ),
    )


def _metrics(
    kind: TaskKind, labels: Labels, scores: Scores, titles: Sequence[str]
) -> tuple[Weighted, ...]:
    if kind == "ranking":
        return (ClassTaus(labels, scores, titles),)
    of_class = ClassAveragePrecision(labels, scores)
    return (of_class, MicroAveragePrecision(labels, scores))[: 2 if kind == "multi-label" else 1]


def _cells(found: Sequence[tuple[float, Values]], reference: int) -> tuple[Cell, ...]:
    value_there, draws_there = found[reference]
    return tuple(
        Cell(
            percentile_interval(value, draws),
            None
            if at == reference
            else percentile_interval(value - value_there, draws - draws_there),
        )
        for at, (value, draws) in enumerate(found)
    )
