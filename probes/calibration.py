"""Calibration: Platt scaling, decision thresholds, and reliability.

All are fitted on out-of-fold logits, whose confidence is that of a head on unseen titles. Platt
scaling is linear, so it is folded into the weight and bias of a head.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit  # type: ignore[import-untyped]

from probes.designs import ScoreDesign
from probes.heads import Heads
from probes.metrics import Labels, Values
from probes.probe import Matrix
from probes.solver import Problem, Solution, SolverOptions, solve


@dataclass(frozen=True)
class Platt:
    """The log-odds of a class are slope * logit + offset. Both: [classes] float64."""

    slope: Values
    offset: Values

    def probabilities(self, logits: Matrix) -> Values:
        """Return [n, classes] in 0..1 for a head's logits [n, classes]."""
        found: Values = expit(logits * self.slope + self.offset)
        return found

    def fold_into(self, heads: Heads) -> Heads:
        """Return heads whose logits are the calibrated log-odds."""
        return replace(
            heads,
            weight=(heads.weight * self.slope[:, None]).astype(np.float32),
            bias=(heads.bias * self.slope + self.offset).astype(np.float32),
        )


@dataclass(frozen=True)
class Reliability:
    """Predicted and observed rates in bins of equal width. All [classes, bins]; 0 where empty."""

    count: NDArray[np.int64]
    predicted: Values
    observed: Values

    def expected_error(self) -> Values:
        """Return [classes]: their mean difference, weighted by the rows of the bins."""
        total = np.maximum(self.count.sum(axis=1), 1)
        error: Values = (self.count * np.abs(self.predicted - self.observed)).sum(axis=1) / total
        return error


def fit_platt(logits: Matrix, labels: Labels) -> Platt:
    """Fit slopes and offsets to smoothed targets, as Platt (1999) does.

    Args:
        logits: [n, classes], out of fold.
        labels: [n, classes] of 0 and 1, NaN where not labelled.

    Returns:
        A class whose logits rank its rows worse than chance gets slope 0 and the log-odds of its
        rate: reversing the order would hide that nothing was learned.
    """
    known = ~np.isnan(labels)
    total = np.maximum(known.sum(axis=0), 1)
    positives = ((labels > 0) & known).sum(axis=0)
    high, low = (positives + 1) / (positives + 2), 1 / (total - positives + 2)
    rate = np.log((positives + 1) / (known.sum(axis=0) - positives + 1))
    middle = np.where(known, logits, 0.0).sum(axis=0) / total
    centred = np.where(known, logits - middle, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / total)
    unit = np.where(spread > 1e-6 * np.abs(middle) + 1e-12, 1 / np.maximum(spread, 1e-12), 0.0)
    problem = Problem(
        ScoreDesign(torch.from_numpy(centred * unit)),
        torch.from_numpy(np.where(labels > 0, high, low)),
        torch.from_numpy(known.astype(np.float64)),
        has_bias=True,
    )
    start = Solution(torch.zeros(1, len(total), dtype=torch.float64), torch.from_numpy(rate))
    found = solve(problem, 0.0, start, SolverOptions(tolerance=1e-5))
    slope = found.weight[0].numpy() * unit
    rises = slope > 0
    offset = np.where(rises, found.bias.numpy() - slope * middle, rate)
    return Platt(np.where(rises, slope, 0.0), offset)


def best_thresholds(probabilities: Values, labels: Labels) -> Values:
    """Return [classes]: the thresholds of the largest F1, halfway to the next lower score.

    Args:
        probabilities: [n, classes], out of fold.
        labels: [n, classes] of 0 and 1, NaN where not labelled.

    Returns:
        NaN where a class has no positives. A row has the class at or above the threshold.
    """
    columns = range(labels.shape[1])
    return np.array([_threshold(probabilities[:, each], labels[:, each]) for each in columns])


def _threshold(probabilities: Values, labels: Labels) -> float:
    known = np.flatnonzero(~np.isnan(labels))
    order = known[np.argsort(-probabilities[known], kind="stable")]
    ranked, hits = probabilities[order], labels[order] > 0
    if not hits.any():
        return float("nan")
    f1 = 2 * hits.cumsum() / (np.arange(1, len(hits) + 1) + hits.sum())
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    end = ends[f1[ends].argmax()]
    below = ranked[end + 1] if end + 1 < len(ranked) else ranked[end]
    return float((ranked[end] + below) / 2)


def reliability(probabilities: Values, labels: Labels, bins: int = 15) -> Reliability:
    """Return predicted and observed rates for probabilities and labels [n, classes].

    15 bins are those of Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    known = ~np.isnan(labels)
    shape = (labels.shape[1], bins)
    place = np.minimum((probabilities * bins).astype(np.intp), bins - 1)
    flat = (place + np.arange(shape[0]) * bins)[known]
    size = shape[0] * bins
    count = np.bincount(flat, minlength=size)
    filled = np.maximum(count, 1)
    predicted = np.bincount(flat, weights=probabilities[known], minlength=size) / filled
    observed = np.bincount(flat, weights=(labels > 0)[known], minlength=size) / filled
    return Reliability(count.reshape(shape), predicted.reshape(shape), observed.reshape(shape))
