"""Precision-recall curves, reliability, and the precision and recall of a threshold."""

import numpy as np
from numpy.typing import NDArray

from probes.calibration import reliability
from probes.evaluation.records import Bins, Calling, Curve
from probes.metrics import Labels, Scores, Values


def precision_recall(labels: Labels, scores: Scores, points: int = 100) -> Curve | None:
    """Return the curve of one class from its first positive on, tied scores taken together.

    Args:
        labels: [n] of 0 and 1, NaN where not labelled.
        scores: [n].
        points: at most, evenly spaced in recall, with the first and the last.

    Returns:
        None where no row is positive.
    """
    known = np.flatnonzero(~np.isnan(labels))
    order = known[np.argsort(-scores[known], kind="stable")]
    hits = (labels[order] > 0).cumsum()
    if not len(hits) or not hits[-1]:
        return None
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    recall, precision = hits[ends] / hits[-1], hits[ends] / (ends + 1)
    first, last = np.searchsorted(hits[ends], [1, hits[-1]])
    recall, precision = recall[first : last + 1], precision[first : last + 1]
    if len(recall) > points:
        steps = np.linspace(recall[0], 1.0, points)
        kept = np.unique(np.searchsorted(recall, steps))
        recall, precision = recall[kept], precision[kept]
    return Curve(_plain(recall), _plain(precision))


def pooled_curve(labels: Labels, scores: Scores) -> Curve | None:
    """Return the curve of all entries of labels and scores [n, classes], as for micro AP."""
    counted = (labels > 0).any(axis=0)
    return precision_recall(labels[:, counted].ravel(), scores[:, counted].ravel())


def bins_of(labels: Labels, scores: Scores) -> Bins:
    """Return the reliability of probabilities [n] for labels [n], NaN where not labelled."""
    found = reliability(scores[:, None].astype(np.float64), labels[:, None])
    filled = found.count[0] > 0
    return Bins(
        tuple(int(each) for each in found.count[0][filled]),
        _plain(found.predicted[0][filled]),
        _plain(found.observed[0][filled]),
        float(found.expected_error()[0]),
    )


def calling(labels: Labels, called: NDArray[np.bool_], threshold: float) -> Calling:
    """Return precision and recall of the decisions ``called`` [n].

    Precision is NaN where nothing is called.
    """
    known = ~np.isnan(labels)
    hits = int((called & (labels > 0)).sum())
    calls, positives = int((called & known).sum()), int((labels > 0).sum())
    return Calling(
        threshold,
        hits / calls if calls else float("nan"),
        hits / positives if positives else float("nan"),
    )


def _plain(values: Values) -> tuple[float, ...]:
    return tuple(round(float(each), 5) for each in values)
