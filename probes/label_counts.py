"""Whether a class has enough labels to be trained, and if not, what it lacks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from probes.metrics import Labels
from probes.settings import DEFAULTS, ProbeSettings


@dataclass(frozen=True)
class ClassCounts:
    """The labels of one class; for a ranking, ``positives`` and ``negatives`` are 0.

    ``titles`` counts those with positives, or with clips that rank differently.
    """

    name: str
    labelled: int
    positives: int
    negatives: int
    titles: int
    lacks: str
    """Why the class cannot be trained, in words; empty when it can."""


def count_classes(
    names: Sequence[str],
    labels: Labels,
    titles: Sequence[str],
    settings: ProbeSettings = DEFAULTS,
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
                (positives, settings.min_positives, "positives"),
                (labelled - positives, settings.min_negatives, "negatives"),
                (with_positives, settings.min_titles, "titles with positives"),
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
    names: Sequence[str],
    labels: Labels,
    titles: Sequence[str],
    settings: ProbeSettings = DEFAULTS,
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
                (int(known.sum()), settings.min_ranked, "ranked clips"),
                (differing, settings.min_titles, "titles with clips that rank differently"),
            )
            if have < least
        ]
        counts.append(ClassCounts(name, int(known.sum()), 0, 0, differing, ", ".join(lacks)))
    return tuple(counts)
