"""Agreement between annotators, and one value for each item on which they differ.

Spans of two people are the same item when they match the same shots.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from nltk.metrics.agreement import AnnotationTask  # type: ignore[import-untyped]
from nltk.metrics.distance import (  # type: ignore[import-untyped]
    binary_distance,
    interval_distance,
)

from probes.labels.matching import ShotRange
from probes.labels.records import Label

MatchedLabel = tuple[Label, ShotRange]
Ratings = Mapping[ShotRange, Mapping[str, float]]
"""The value that each annotator gives each item."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one class.

    ``items`` counts those with two annotators or more, ``disagreeing`` is the share of them
    whose values differ; None without such an item. ``alpha`` is Krippendorff's: 1 is full
    agreement, 0 is chance; None where nothing is rated twice, or where all values are the same.
    """

    items: int
    disagreeing: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class Majority:
    """One value per item. Items with as many yes as no are left out and counted in ``tied``."""

    values: Mapping[ShotRange, float]
    tied: int


def ratings(labels: Iterable[MatchedLabel]) -> dict[ShotRange, dict[str, float]]:
    """Collect the labels of one class by item and annotator.

    Where two spans of one annotator match the same shots, the later date counts, and of the same
    date the last one.
    """
    latest: dict[ShotRange, dict[str, Label]] = defaultdict(dict)
    for label, item in labels:
        before = latest[item].get(label.annotator)
        if before is None or label.date >= before.date:
            latest[item][label.annotator] = label
    return {
        item: {annotator: label.value for annotator, label in by.items()}
        for item, by in latest.items()
    }


def agreement(rated: Ratings, yes_no: bool) -> Agreement:
    """Measure agreement on one class, on the items with two annotators or more.

    Args:
        rated: of one class.
        yes_no: whether values are 0 or 1, which differ or not (nominal); other values differ
            by their distance (interval).
    """
    shared = [by for by in rated.values() if len(by) > 1]
    if not shared:
        return Agreement(0, None, None)
    differing = sum(len(set(by.values())) > 1 for by in shared)
    return Agreement(len(shared), differing / len(shared), _alpha(shared, yes_no))


def majority(rated: Ratings, yes_no: bool) -> Majority:
    """Return one value per item: that of the majority where values are 0 or 1, else the mean."""
    means = {item: fmean(by.values()) for item, by in rated.items()}
    if not yes_no:
        return Majority(means, 0)
    values = {item: float(mean > 0.5) for item, mean in means.items() if mean != 0.5}
    return Majority(values, len(means) - len(values))


def _alpha(shared: list[Mapping[str, float]], yes_no: bool) -> float | None:
    """Return Krippendorff's alpha over items that two or more have rated."""
    if len({value for by in shared for value in by.values()}) < 2:
        return None
    triples = [
        (annotator, item, value)
        for item, by in enumerate(shared)
        for annotator, value in by.items()
    ]
    task = AnnotationTask(triples, distance=binary_distance if yes_no else interval_distance)
    return float(task.alpha())
