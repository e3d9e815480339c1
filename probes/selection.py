"""The strength of the L2 term, chosen by cross-validation nested in cross-validation, by title.

Outer folds give scores of rows that neither the head nor the choice of its strength has seen;
inner folds make that choice. Heads fitted without folds i and j serve twice, as the inner heads
of both outer folds, which halves the fits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from probes.folds import Folds
from probes.heads import Heads, Labels
from probes.metrics import Scores, Values
from probes.probe import Matrix

Fit = Callable[[Matrix, Labels, Sequence[str], Sequence[float]], list[Heads]]
"""Embeddings [n, d], labels [n, classes], titles [n], strengths: one ``Heads`` per strength."""

Quality = Callable[[Labels, Scores, Sequence[str]], Values]
"""Labels and scores [n, classes], titles [n]: [classes], larger is better, NaN if undefined."""

Choice = Literal["task", "class"]
"""One strength for all classes by their mean quality, or one for each class by its own."""

STRENGTHS = (1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0)
LEAST_FOLDS = 3


@dataclass(frozen=True)
class Selection:
    """What nested cross-validation found.

    ``logits``: [n, classes] float32, out of fold. ``strengths``: [classes], chosen on all rows.
    ``fold_strengths``: [folds, classes], chosen without the fold. ``heads``: fitted on all rows
    at ``strengths``.
    """

    logits: Matrix
    strengths: Values
    fold_strengths: Values
    heads: Heads


def select(
    fit: Fit,
    quality: Quality,
    embeddings: Matrix,
    labels: Labels,
    titles: Sequence[str],
    folds: Folds,
    strengths: Sequence[float] = STRENGTHS,
    choice: Choice = "task",
) -> Selection:
    """Choose strengths, score every row out of fold, and fit on everything.

    Args:
        fit: the kind of head.
        quality: what to choose by.
        embeddings: [n, d] float32.
        labels: [n, classes], NaN where not labelled.
        titles: the title id of each row.
        folds: [n] the outer fold of each row, 0, 1, ...; inner folds are the others. No title
            may lie in two.
        strengths: to choose from; of equally good ones the strongest is taken.
        choice: for the task as a whole, or for each class.

    Raises:
        ValueError: fewer than three folds, so that none is left to choose on.
    """
    count = int(folds.max()) + 1
    if count < LEAST_FOLDS:
        raise ValueError(
            f"choosing a strength needs {LEAST_FOLDS} folds by title, found {count}: "
            "label another title"
        )
    names = np.asarray(titles, dtype=str)
    grid = sorted(strengths, reverse=True)
    shape = (len(grid), *labels.shape)
    outer = np.zeros(shape, dtype=np.float32)
    inner = np.zeros((count, *shape), dtype=np.float32)
    for first, second in [*combinations(range(count), 2), *((each, each) for each in range(count))]:
        held = (folds == first) | (folds == second)
        every = fit(embeddings[~held], labels[~held], list(names[~held]), grid)
        logits = np.stack([heads.logits(embeddings[held]) for heads in every])
        if first == second:
            outer[:, held] = logits
        else:
            of_first = folds[held] == first
            inner[first][:, folds == second] = logits[:, ~of_first]
            inner[second][:, folds == first] = logits[:, of_first]
    out_of_fold = np.empty(labels.shape, dtype=np.float32)
    fold_strengths = np.empty((count, labels.shape[1]))
    classes = np.arange(labels.shape[1])
    for fold in range(count):
        held = folds == fold
        best = _best(quality, labels[~held], inner[fold][:, ~held], list(names[~held]), choice)
        out_of_fold[held] = outer[:, held][best, :, classes].T
        fold_strengths[fold] = np.asarray(grid)[best]
    best = _best(quality, labels, outer, titles, choice)
    every = fit(embeddings, labels, titles, grid)
    heads = Heads(
        np.stack([every[at].weight[each] for each, at in enumerate(best)]),
        np.stack([every[at].bias[each] for each, at in enumerate(best)]),
    )
    return Selection(out_of_fold, np.asarray(grid)[best], fold_strengths, heads)


def _best(
    quality: Quality, labels: Labels, logits: Matrix, titles: Sequence[str], choice: Choice
) -> NDArray[np.intp]:
    """Return [classes]: the number of the best strength of logits [strengths, n, classes]."""
    found = np.stack([quality(labels, each, titles) for each in logits])
    known = np.nan_to_num(found, nan=0.0)
    if choice == "task":
        known = np.repeat(known.mean(axis=1, keepdims=True), known.shape[1], axis=1)
    best: NDArray[np.intp] = known.argmax(axis=0)
    return best
