"""Confidence intervals by bootstrap over titles: the clips of one title are not independent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from probes.metrics import Metric, Values, score
from probes.settings import DEFAULTS

BATCH_VALUES = 1_000_000
"""Row weights in memory at a time: 8 MB."""


@dataclass(frozen=True)
class Interval:
    """A value and its 95 % percentile interval; NaN where no resample defines it."""

    value: float
    low: float
    high: float


def bootstrap_over_titles(
    metric: Metric, titles: Sequence[str], resamples: int = DEFAULTS.resamples, seed: int = 0
) -> Interval:
    """Return a metric with its interval.

    Args:
        metric: of the rows that ``titles`` names.
        titles: the title id of each row; titles are drawn with replacement.
        resamples: how many times they are drawn.
        seed: of the draws; the same seed and titles give the same draws for every metric.
    """
    (found,) = resampled([metric], titles, resamples, seed)
    return percentile_interval(score(metric, len(titles)), found)


def paired_difference(
    first: Metric,
    second: Metric,
    titles: Sequence[str],
    resamples: int = DEFAULTS.resamples,
    seed: int = 0,
) -> Interval:
    """Return first minus second, both taken on the same rows and the same resamples of titles."""
    one, other = resampled([first, second], titles, resamples, seed)
    value = score(first, len(titles)) - score(second, len(titles))
    return percentile_interval(value, one - other)


def resampled(
    metrics: Sequence[Callable[[Values], Values]], titles: Sequence[str], resamples: int, seed: int
) -> list[Values]:
    """Return [resamples, ...] of each metric, all on the same resamples of titles.

    Args:
        metrics: each returns [resamples, ...] for row weights [resamples, n].
        titles: the title id of each of n rows.
        resamples: how many times titles are drawn.
        seed: of the draws.
    """
    names, of_row = np.unique(np.asarray(titles, dtype=str), return_inverse=True)
    draws = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1.0 / len(names)), size=resamples
    )
    found: list[list[Values]] = [[] for _ in metrics]
    batches = -(-resamples * len(of_row) // BATCH_VALUES)
    for batch in np.array_split(draws.astype(np.float64), batches):
        weights = batch[:, of_row]
        for values, metric in zip(found, metrics, strict=True):
            values.append(metric(weights))
    return [np.concatenate(values) for values in found]


def percentile_interval(value: float, found: Values) -> Interval:
    """Return a value with the middle 95 % of its resamples [resamples]; NaN are left out."""
    known = found[~np.isnan(found)]
    if not len(known):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(known, [0.025, 0.975])
    return Interval(value, float(low), float(high))
