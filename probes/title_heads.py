"""Heads for tasks about titles, where all clips of a title have one embedding and one answer.

A title is fitted once, weighted by the number of its clips, which gives the same heads as fitting
its clips. There are two kinds, and cross-validation chooses: heads on the embedding itself, and
heads on the likeness to the titles that they are fitted to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from probes.axes import kernel_axes, standard_axes
from probes.heads import Heads, fit_logistic_on
from probes.likeness import likeness_to
from probes.metrics import Labels, Values
from probes.probe import Matrix
from probes.settings import DEFAULTS


@dataclass(frozen=True, eq=False)
class _Titles:
    """``embeddings`` [t, d] float32, ``labels`` [t, classes], ``counts`` [t] rows of each."""

    embeddings: Matrix
    labels: Labels
    counts: Values


def rows_are_titles(embeddings: Matrix, labels: Labels, titles: Sequence[str]) -> bool:
    """Return whether the rows of each title are the same, embeddings [n, d] and labels alike."""
    _, first, of_row = np.unique(
        np.asarray(titles, dtype=str), return_index=True, return_inverse=True
    )
    return np.array_equal(embeddings, embeddings[first][of_row]) and np.array_equal(
        labels, labels[first][of_row], equal_nan=True
    )


def fit_titles(
    embeddings: Matrix, labels: Labels, titles: Sequence[str], strengths: Sequence[float]
) -> list[Heads]:
    """Fit logistic heads as ``fit_logistic`` does, for rows that are titles."""
    own = _titles(embeddings, labels, titles)
    axes = standard_axes(own.embeddings, own.counts)
    return fit_logistic_on(axes, own.labels, strengths, own.counts)


def fit_likeness(
    embeddings: Matrix,
    labels: Labels,
    titles: Sequence[str],
    strengths: Sequence[float],
    most: int = DEFAULTS.max_known_titles,
) -> list[Heads]:
    """Fit logistic heads on the likeness to at most ``most`` of the titles, which the rows are.

    This is kernel logistic regression, limited to the titles that the likeness knows.
    """
    own = _titles(embeddings, labels, titles)
    likeness = likeness_to(own.embeddings, most)
    axes = kernel_axes(likeness.features(own.embeddings), likeness.among, own.counts)
    found = fit_logistic_on(axes, own.labels, strengths, own.counts)
    return [replace(heads, likeness=likeness) for heads in found]


def _titles(embeddings: Matrix, labels: Labels, titles: Sequence[str]) -> _Titles:
    _, first, counts = np.unique(
        np.asarray(titles, dtype=str), return_index=True, return_counts=True
    )
    return _Titles(embeddings[first], labels[first], counts.astype(np.float64))
