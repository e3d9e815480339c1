"""Example rows: the reference's true positives, false positives and false negatives."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata  # type: ignore[import-untyped]

from probes.evaluation.records import Example, Examples
from probes.evaluation.scoring import Rows
from probes.metrics import Labels, Scores, Values


def class_examples(
    labels: Labels, order: Scores, scores: Scores, titles: Sequence[str], rows: Rows
) -> Examples:
    """Choose examples of a class with labels yes and no.

    Args:
        labels: [m] of 0 and 1, NaN where not labelled.
        order: [m], what to choose by.
        scores: [m], what to show.
        titles: the title id of each row; a title is repeated only when no other is left.
        rows: [m] the number that names each row.
    """
    positive, negative = np.flatnonzero(labels > 0), np.flatnonzero(labels == 0)
    found = _first(positive[np.argsort(-order[positive], kind="stable")], titles)
    mistaken = _first(negative[np.argsort(-order[negative], kind="stable")], titles)
    rest = np.setdiff1d(positive, found)
    missed = _first(rest[np.argsort(order[rest], kind="stable")], titles)
    return Examples(*(_examples(each, labels, scores, rows) for each in (found, mistaken, missed)))


def ranking_examples(
    labels: Labels, order: Scores, scores: Scores, titles: Sequence[str], rows: Rows
) -> Examples:
    """Choose examples of a ranking by the rank of each row in its title, as labelled and as scored.

    The arguments are as for ``class_examples``, but labels are any numbers.
    """
    known = np.flatnonzero(~np.isnan(labels))
    of_row = np.asarray(titles, dtype=str)[known]
    label, score = title_ranks(labels[known], of_row), title_ranks(order[known], of_row)
    kinds: tuple[Values, ...] = (
        np.minimum(label, score),
        np.where(label < 0, score - label, -1.0),
        np.where(score < 0, label - score, -1.0),
    )
    chosen = []
    for strength in kinds:
        best = np.argsort(-strength, kind="stable")
        chosen.append(_first(known[best[strength[best] > 0]], titles))
    return Examples(*(_examples(each, labels, scores, rows) for each in chosen))


def title_ranks(values: Labels, titles: NDArray[np.str_]) -> Values:
    """Return values [m] as ranks within their title, -0.5..0.5; ties share their mean."""
    codes = np.unique(titles, return_inverse=True)[1]
    ranks = np.empty(len(values))
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        ranks[rows] = (rankdata(values[rows]) - 0.5) / max(len(rows), 1) - 0.5
    return ranks


def _first(order: Rows, titles: Sequence[str], most: int = 4) -> Rows:
    """Return the first ``most`` rows of ``order``, one of each title before a second of any."""
    names = np.asarray(titles, dtype=str)[order]
    firsts = np.sort(np.unique(names, return_index=True)[1])
    chosen = np.append(firsts, np.setdiff1d(np.arange(len(order)), firsts))[:most]
    result: Rows = order[chosen]
    return result


def _examples(chosen: Rows, labels: Labels, scores: Scores, rows: Rows) -> tuple[Example, ...]:
    return tuple(
        Example(int(rows[each]), float(scores[each]), float(labels[each])) for each in chosen
    )
