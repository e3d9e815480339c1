"""Fits of heads to readings, by kind of task and of row.

In a task about titles all clips of a title have one embedding and one answer. There a title is
fitted once, weighted by the number of its clips, which gives the same heads as fitting its clips;
and heads may see the likeness of titles to those that they are fitted to.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from probes.axes import Axes, of_kernel, principal_axes, standardised
from probes.heads import Heads, fit_logistic_on, fit_pairwise_on
from probes.likeness import likeness_to
from probes.metrics import Labels, Values
from probes.probe import Blocks, Read
from probes.reading import Reading
from probes.settings import DEFAULTS

Fit = Callable[[Blocks, Reading, Labels, Sequence[str], Sequence[float]], list[Heads]]
"""Blocks of n rows, what to read of them, labels [n, classes], titles [n], strengths that multiply
those of the reading's terms: one ``Heads`` per strength."""


def rows_are_titles(blocks: Blocks, labels: Labels, titles: Sequence[str]) -> bool:
    """Return whether the rows of each title are the same, in all blocks and labels [n, classes]."""
    _, first, of_row = np.unique(
        np.asarray(titles, dtype=str), return_index=True, return_inverse=True
    )
    return np.array_equal(labels, labels[first][of_row], equal_nan=True) and all(
        np.array_equal(rows, rows[first][of_row]) for rows in blocks.values()
    )


def fit_clips(
    blocks: Blocks,
    reading: Reading,
    labels: Labels,
    _titles: Sequence[str],
    strengths: Sequence[float],
) -> list[Heads]:
    """Fit logistic heads, each row counted once."""
    counts = np.ones(len(labels))
    axes, reads = _axes(blocks, reading, counts, most=0)
    return [replace(each, reads=reads) for each in fit_logistic_on(axes, labels, strengths, counts)]


def fit_titles(
    blocks: Blocks,
    reading: Reading,
    labels: Labels,
    titles: Sequence[str],
    strengths: Sequence[float],
    most: int = DEFAULTS.max_known_titles,
) -> list[Heads]:
    """Fit logistic heads where rows are titles; likeness is to at most ``most`` of them.

    Heads on likeness are kernel logistic regression, limited to the titles that it knows.
    """
    _, first, counted = np.unique(
        np.asarray(titles, dtype=str), return_index=True, return_counts=True
    )
    counts = counted.astype(np.float64)
    own = {term.block: blocks[term.block][first] for term in reading}
    axes, reads = _axes(own, reading, counts, most)
    found = fit_logistic_on(axes, labels[first], strengths, counts)
    return [replace(each, reads=reads) for each in found]


def fit_rankings(
    blocks: Blocks,
    reading: Reading,
    labels: Labels,
    titles: Sequence[str],
    strengths: Sequence[float],
    max_pairs: int = DEFAULTS.max_pairs,
) -> list[Heads]:
    """Fit heads that order clips within a title, as ``fit_pairwise`` does."""
    axes, reads = _axes(blocks, reading, np.ones(len(labels)), most=0)
    found = fit_pairwise_on(axes, labels, titles, strengths, max_pairs)
    return [replace(each, reads=reads) for each in found]


def _axes(
    blocks: Blocks, reading: Reading, counts: Values, most: int
) -> tuple[Axes, tuple[Read, ...]]:
    """Return the common axes of a reading's blocks, and how heads see each."""
    scaled, reads = [], []
    for term in reading:
        rows = blocks[term.block]
        likeness = likeness_to(rows, most) if term.alike else None
        if likeness is None:
            scaled.append(standardised(rows, counts))
        else:
            scaled.append(of_kernel(likeness.features(rows), likeness.among, counts))
        reads.append(Read(term.block, rows.shape[1], likeness))
    axes = principal_axes(scaled, [term.strength for term in reading], counts)
    return axes, tuple(reads)
