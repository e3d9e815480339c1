"""Folds by title: clips of one title are never on both sides of a split.

Neighbouring clips are near-copies, so a split by row would measure memorisation. The folds depend
only on the titles' ids and labels, not on the order of the rows, so that every representation and
every run is measured on the same folds.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Folds = NDArray[np.intp]


def title_folds(
    titles: Sequence[str], count: int, labels: NDArray[np.floating] | None = None
) -> Folds:
    """Assign titles to folds, balanced in rows and, greedily, in the positives of every class.

    A title's load is its share of the rows and of each class's positives. The heaviest titles are
    assigned first, each to the fold with the least similar load so far (a greedy descent on the
    sum of squared loads, after Sechidis et al. 2011).

    Args:
        titles: the title id of each of n rows.
        count: number of folds, at least 2; never more than there are titles.
        labels: [n, classes], positive above 0, NaN where not labelled.

    Returns:
        [n] the fold of each row, 0..count-1.

    Raises:
        ValueError: fewer than two titles or two folds.
    """
    names, of_row = np.unique(np.asarray(titles, dtype=str), return_inverse=True)
    if min(count, len(names)) < 2:
        raise ValueError(
            f"folds by title need two folds and two titles, found {count} and {len(names)}: "
            "label another title"
        )
    count = min(count, len(names))
    loads = _loads(of_row, len(names), labels)
    order = sorted(range(len(names)), key=lambda row: (-loads[row].max(), _digest(str(names[row]))))
    filled = np.zeros((count, loads.shape[1]))
    fold_of = np.empty(len(names), dtype=np.intp)
    for title in order:
        fold = int(np.argmin(filled @ loads[title]))
        fold_of[title] = fold
        filled[fold] += loads[title]
    return fold_of[of_row]


def _loads(
    of_row: NDArray[np.intp], titles: int, labels: NDArray[np.floating] | None
) -> NDArray[np.float64]:
    """Return [titles, 1 + classes]: shares of all rows and of each class's positives.

    The share of rows has the weight of all classes together.
    """
    counts = np.bincount(of_row, minlength=titles).astype(np.float64)[:, None]
    if labels is None:
        share: NDArray[np.float64] = counts / counts.sum()
        return share
    positives = np.zeros((titles, labels.shape[1]))
    np.add.at(positives, of_row, (labels > 0).astype(np.float64))
    positives = positives[:, positives.any(axis=0)]
    rows = counts / counts.sum() * np.sqrt(max(positives.shape[1], 1))
    shares: NDArray[np.float64] = np.concatenate([rows, positives / positives.sum(axis=0)], axis=1)
    return shares


def _digest(title: str) -> bytes:
    """Return a hash to break ties by: neighbours by id are often of one series."""
    return hashlib.sha256(title.encode()).digest()
