"""Choice of head and L2 strength by nested cross-validation, by title.

The inner folds choose; the outer folds give scores of rows that neither the head nor the choice has
seen. Heads fitted without folds i and j are the inner heads of both outer folds, which halves the
number of fits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from probes.folds import Folds
from probes.heads import Heads
from probes.metrics import Labels, Scores, Values
from probes.probe import Matrix

Fit = Callable[[Matrix, Labels, Sequence[str], Sequence[float]], list[Heads]]
"""Embeddings [n, d], labels [n, classes], titles [n], strengths: one ``Heads`` per strength."""

Quality = Callable[[Labels, Scores, Sequence[str]], Values]
"""Labels and scores [n, classes], titles [n]: [classes], larger is better, NaN if undefined."""

MIN_FOLDS = 3
"""Of nested cross-validation: one to score, and two others to choose on."""


@dataclass(frozen=True)
class Selection:
    """What nested cross-validation found.

    ``logits``: [n, classes] float32, out of fold. ``strength``: chosen on all rows.
    ``fold_strengths``: [folds], chosen without the fold. ``heads``: fitted on all rows at
    ``strength``, of the kind that was chosen with it.
    """

    logits: Matrix
    strength: float
    fold_strengths: Values
    heads: Heads


def select(
    fits: Sequence[Fit],
    quality: Quality,
    embeddings: Matrix,
    labels: Labels,
    titles: Sequence[str],
    folds: Folds,
    strengths: Sequence[float],
) -> Selection:
    """Choose head and strength, score every row out of fold, and fit on everything.

    Args:
        fits: the kinds of heads to choose from; the first of equally good ones is taken.
        quality: the metric to choose by.
        embeddings: [n, d] float32.
        labels: [n, classes], NaN where not labelled.
        titles: the title id of each row.
        folds: [n] the outer fold of each row, 0, 1, ...; inner folds are the others. All rows of
            a title are in one fold.
        strengths: to choose from; the strongest of equally good ones is taken.

    Raises:
        ValueError: fewer than three folds, so that too few are left to choose on.
    """
    count = int(folds.max()) + 1
    if count < MIN_FOLDS:
        raise ValueError(
            f"choosing a strength needs {MIN_FOLDS} folds by title, found {count}: "
            "label another title"
        )
    names = np.asarray(titles, dtype=str)
    grid = sorted(strengths, reverse=True)
    shape = (len(fits) * len(grid), *labels.shape)
    outer = np.zeros(shape, dtype=np.float32)
    inner = np.zeros((count, *shape), dtype=np.float32)
    for first, second in [*combinations(range(count), 2), *((each, each) for each in range(count))]:
        held = (folds == first) | (folds == second)
        every = _fitted(fits, embeddings[~held], labels[~held], list(names[~held]), grid)
        logits = np.stack([heads.logits(embeddings[held]) for heads in every])
        if first == second:
            outer[:, held] = logits
        else:
            of_first = folds[held] == first
            inner[first][:, folds == second] = logits[:, ~of_first]
            inner[second][:, folds == first] = logits[:, of_first]
    out_of_fold = np.empty(labels.shape, dtype=np.float32)
    fold_strengths = np.empty(count)
    for fold in range(count):
        held = folds == fold
        best = _best(quality, labels[~held], inner[fold][:, ~held], list(names[~held]))
        out_of_fold[held] = outer[best, held]
        fold_strengths[fold] = grid[best % len(grid)]
    best = _best(quality, labels, outer, titles)
    (heads,) = fits[best // len(grid)](embeddings, labels, titles, [grid[best % len(grid)]])
    return Selection(out_of_fold, grid[best % len(grid)], fold_strengths, heads)


def _fitted(
    fits: Sequence[Fit],
    embeddings: Matrix,
    labels: Labels,
    titles: Sequence[str],
    strengths: Sequence[float],
) -> list[Heads]:
    """Return the heads of every kind at every strength, kind by kind."""
    return [heads for fit in fits for heads in fit(embeddings, labels, titles, strengths)]


def _best(quality: Quality, labels: Labels, logits: Matrix, titles: Sequence[str]) -> int:
    """Return the number of the best of logits [candidates, n, classes], in mean over classes."""
    found = np.stack([quality(labels, each, titles) for each in logits])
    return int(np.nan_to_num(found, nan=0.0).mean(axis=1).argmax())
