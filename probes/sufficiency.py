"""Whether a class has enough labels to be trained, and what it lacks when it has not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from probes.heads import Labels

MIN_POSITIVES = 10
MIN_NEGATIVES = 10
MIN_TITLES = 3
"""With positives (or, for a ranking, with clips that differ): two to learn from, one to test."""
MIN_RANKED = 10


@dataclass(frozen=True)
class ClassCounts:
    """The labels of one class; for a ranking, ``positives`` and ``negatives`` are 0.

    ``titles`` are those that teach: with positives, or with clips that rank differently.
    """

    name: str
    labelled: int
    positives: int
    negatives: int
    titles: int
    lacks: str
    """Why the class cannot be trained, in words; empty when it can."""


def count_classes(
    names: Sequence[str], labels: Labels, titles: Sequence[str]
) -> tuple[ClassCounts, ...]:
    """Count 0/1 labels [n, classes], NaN where not labelled."""
    of_row = np.asarray(titles, dtype=str)
    counts = []
    for name, column in zip(names, labels.T, strict=True):
        labelled = int((~np.isnan(column)).sum())
        positives = int((column > 0).sum())
        with_positives = len(np.unique(of_row[column > 0]))
        lacks = [
            f"{have} {what} of {least} needed"
            for have, least, what in (
                (positives, MIN_POSITIVES, "positives"),
                (labelled - positives, MIN_NEGATIVES, "negatives"),
                (with_positives, MIN_TITLES, "titles with positives"),
            )
            if have < least
        ]
        counts.append(
            ClassCounts(
                name, labelled, positives, labelled - positives, with_positives, ", ".join(lacks)
            )
        )
    return tuple(counts)


def count_ranked(
    names: Sequence[str], labels: Labels, titles: Sequence[str]
) -> tuple[ClassCounts, ...]:
    """Count ranking labels [n, classes], NaN where not labelled."""
    of_row = np.asarray(titles, dtype=str)
    counts = []
    for name, column in zip(names, labels.T, strict=True):
        known = ~np.isnan(column)
        distinct = np.unique(np.stack([of_row[known], column[known].astype(str)]), axis=1)
        differing = int((np.unique(distinct[0], return_counts=True)[1] > 1).sum())
        lacks = [
            f"{have} {what} of {least} needed"
            for have, least, what in (
                (int(known.sum()), MIN_RANKED, "ranked clips"),
                (differing, MIN_TITLES, "titles with clips that rank differently"),
            )
            if have < least
        ]
        counts.append(ClassCounts(name, int(known.sum()), 0, 0, differing, ", ".join(lacks)))
    return tuple(counts)
