"""Ranking metrics: average precision, and Kendall's tau-b within a title.

A metric holds one set of scores and takes row weights, because resampling titles means weighting
their rows: scores are sorted once and weighted a thousand times.
Labels are [n, classes], positive at 1; NaN where not labelled, which no metric counts.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Labels = NDArray[np.floating]
"""[n, classes]; NaN where a row is not labelled for a class, which then does not count it."""
Scores = NDArray[np.floating]

BATCH_VALUES = 4_000_000
"""Weighted entries in memory at a time: 16 MB."""


class Metric(Protocol):
    """One number per resample."""

    def __call__(self, weights: Values) -> Values:
        """Return [resamples] for the weights [resamples, n] of the rows, NaN where undefined."""


class RankedScores:
    """One class's average precision for any row weights.

    As scikit-learn's ``average_precision_score``: the mean, over positives, of the precision at
    their score, tied scores taken together.
    """

    def __init__(self, labels: Labels, scores: Scores, rows: NDArray[np.intp]) -> None:
        """Sort [m] entries; ``rows`` [m] are the rows whose weights they have."""
        known = np.flatnonzero(~np.isnan(labels))
        order = known[np.argsort(-scores[known], kind="stable")]
        positive = np.flatnonzero(labels[order] > 0)
        ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
        end = ends[np.searchsorted(ends, positive)]
        # Only the entries between the ends of tied runs with a positive have to be summed.
        ends, self._run = np.unique(end, return_inverse=True)
        self._starts = np.append(0, ends[:-1] + 1)
        self._rows = rows[order][: ends[-1] + 1] if len(ends) else rows[:0]
        self._positive = positive
        self._positive_end = np.searchsorted(positive, end, side="right") - 1

    def __call__(self, weights: Values) -> Values:
        """Return [resamples] in 0..1, NaN where no positive has weight."""
        if not len(self._positive):
            return np.full(len(weights), np.nan)
        batches = max(1, len(weights) * len(self._rows) // BATCH_VALUES)
        return np.concatenate([self._weigh(each) for each in np.array_split(weights, batches)])

    def _weigh(self, weights: Values) -> Values:
        # Sums of resampling counts are whole numbers below 2^24: exact in float32.
        ranked = np.take(weights.astype(np.float32), self._rows, axis=1)
        above = np.add.reduceat(ranked, self._starts, axis=1).cumsum(axis=1)[:, self._run]
        hits = ranked[:, self._positive]
        hits_above = np.cumsum(hits, axis=1)[:, self._positive_end]
        total = hits.sum(axis=1, dtype=np.float64)
        gained = np.divide(hits * hits_above, above, out=np.zeros_like(hits), where=above > 0)
        with np.errstate(invalid="ignore"):
            result: Values = gained.sum(axis=1, dtype=np.float64) / total
        return result


class ClassAveragePrecision:
    """The average precision of every class."""

    def __init__(self, labels: Labels, scores: Scores) -> None:
        """Sort labels and scores, both [n, classes]."""
        rows = np.arange(len(labels))
        self._classes = [
            RankedScores(labels[:, each], scores[:, each], rows) for each in range(labels.shape[1])
        ]

    def __call__(self, weights: Values) -> Values:
        """Return [resamples, classes], NaN where a class has no positives."""
        return np.stack([each(weights) for each in self._classes], axis=1)


class MacroAveragePrecision(ClassAveragePrecision):
    """The mean of the classes' average precisions, over classes that have positives."""

    def __call__(self, weights: Values) -> Values:
        """Return [resamples]."""
        return nan_mean(super().__call__(weights))


class MicroAveragePrecision:
    """The average precision of all labelled entries of classes with positives, pooled."""

    def __init__(self, labels: Labels, scores: Scores) -> None:
        """Sort labels and scores, both [n, classes]."""
        counted = (labels > 0).any(axis=0)
        rows = np.repeat(np.arange(len(labels)), counted.sum())
        self._pooled = RankedScores(labels[:, counted].ravel(), scores[:, counted].ravel(), rows)

    def __call__(self, weights: Values) -> Values:
        """Return [resamples]."""
        return self._pooled(weights)


class TitleTau:
    """Kendall's tau-b within each title, averaged over titles and classes.

    A title whose labels are all equal is left out, and one whose scores are all equal counts as 0.
    A title's weight is that of its rows.
    """

    def __init__(self, labels: Labels, scores: Scores, titles: Sequence[str]) -> None:
        """Take labels and scores [n, classes], and the title id of each row."""
        _, self._first, of_row = np.unique(
            np.asarray(titles, dtype=str), return_index=True, return_inverse=True
        )
        rows_of = np.split(np.argsort(of_row, kind="stable"), np.bincount(of_row).cumsum()[:-1])
        self.taus = np.array(
            [
                [_tau(labels[rows, each], scores[rows, each]) for each in range(labels.shape[1])]
                for rows in rows_of
            ]
        )
        """[titles, classes], titles in the order of their ids."""

    def __call__(self, weights: Values) -> Values:
        """Return [resamples]."""
        known = ~np.isnan(self.taus)
        of_title = weights[:, self._first]
        with np.errstate(invalid="ignore"):
            mean: Values = (of_title @ np.where(known, self.taus, 0.0)) / (of_title @ known)
        return nan_mean(mean)


def average_precision(labels: Labels, scores: Scores) -> Values:
    """Return [classes], NaN where a class has no positives."""
    found: Values = ClassAveragePrecision(labels, scores)(np.ones((1, len(labels))))[0]
    return found


def score(metric: Metric, rows: int) -> float:
    """Return a metric's value with every row counted once."""
    return float(metric(np.ones((1, rows)))[0])


def chance(labels: Labels) -> Values:
    """Return [classes]: the positive rate, which is the average precision of random scores."""
    known = ~np.isnan(labels)
    with np.errstate(invalid="ignore"):
        rate: Values = (labels > 0).sum(axis=0) / known.sum(axis=0)
    return rate


def micro_chance(labels: Labels) -> float:
    """Return the positive rate over all labelled entries of classes with positives."""
    counted = labels[:, (labels > 0).any(axis=0)]
    known = ~np.isnan(counted)
    return float((counted > 0).sum() / known.sum()) if known.any() else float("nan")


def nan_mean(values: Values) -> Values:
    """Return the means of rows [n, m] without NaN: [n], NaN where all are."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        mean: Values = np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)
    return mean


def _tau(labels: Labels, scores: Scores) -> float:
    """Return tau-b from the signs of all pairs: a title's clips are few, and it is asked often."""
    known = ~np.isnan(labels)
    rises, ordered = _signs(labels[known]), _signs(scores[known])
    if not rises.any():
        return float("nan")
    untied = float(np.abs(rises).sum()) * float(np.abs(ordered).sum())
    return float((rises * ordered).sum()) / untied**0.5 if untied else 0.0


def _signs(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return [n, n]: 1 where the first of two is larger, -1 where it is smaller."""
    signs: NDArray[np.float32] = np.sign(values[:, None] - values).astype(np.float32)
    return signs
