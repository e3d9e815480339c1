"""Design matrices of logistic heads: rows, pairs of rows of one title, or one score per class."""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class RowDesign:
    """Margins of rows [n, d] whose columns are uncorrelated."""

    rows: Tensor

    def margins(self, weight: Tensor) -> Tensor:
        """Return [n, columns]."""
        return _margins(self.rows, weight)

    def adjoint(self, residual: Tensor) -> Tensor:
        """Return [d, columns]."""
        return _adjoint(self.rows, residual)

    def energy(self) -> Tensor:
        """Return [d, 1]: the mean square of each column."""
        return (self.rows**2).mean(0)[:, None]

    def keep(self, _columns: Tensor) -> "RowDesign":
        """Return itself: every class sees the same rows."""
        return self


@dataclass(frozen=True)
class PairDesign:
    """Margins between two rows: rows[better] - rows[worse]. ``better``, ``worse``: [pairs]."""

    rows: Tensor
    better: Tensor
    worse: Tensor

    def margins(self, weight: Tensor) -> Tensor:
        """Return [pairs, columns]."""
        scores = _margins(self.rows, weight)
        return scores[self.better] - scores[self.worse]

    def adjoint(self, residual: Tensor) -> Tensor:
        """Return [d, columns]."""
        pull = torch.zeros(len(self.rows), residual.shape[1], dtype=residual.dtype)
        pull.index_add_(0, self.better, residual)
        pull.index_add_(0, self.worse, -residual)
        return _adjoint(self.rows, pull)

    def energy(self) -> Tensor:
        """Return [d, 1]: twice the mean square, as if the two rows were independent."""
        return 2.0 * (self.rows**2).mean(0)[:, None]

    def keep(self, _columns: Tensor) -> "PairDesign":
        """Return itself: every column sees the same pairs."""
        return self


def _margins(rows: Tensor, weight: Tensor) -> Tensor:
    """Return rows @ weight. Few columns take a third of the time as few rows of a product."""
    return (weight.T @ rows.T).T


def _adjoint(rows: Tensor, residual: Tensor) -> Tensor:
    """Return rows.T @ residual, for the same reason: a fifth of the time."""
    return (residual.T @ rows).T


@dataclass(frozen=True)
class ScoreDesign:
    """Margins of one score per column: [n, columns] times a slope [1, columns] each."""

    scores: Tensor

    def margins(self, weight: Tensor) -> Tensor:
        """Return [n, columns]."""
        return self.scores * weight

    def adjoint(self, residual: Tensor) -> Tensor:
        """Return [1, columns]."""
        return (self.scores * residual).sum(0, keepdim=True)

    def energy(self) -> Tensor:
        """Return [1, columns]: the mean square of each column's scores."""
        return (self.scores**2).mean(0, keepdim=True)

    def keep(self, columns: Tensor) -> "ScoreDesign":
        """Return the scores of some columns."""
        return ScoreDesign(self.scores[:, columns])


@dataclass(frozen=True)
class Pairs:
    """Row numbers ``better`` and ``worse``: [pairs] int64, and their ``mass``: [pairs] float64."""

    better: NDArray[np.int64]
    worse: NDArray[np.int64]
    mass: NDArray[np.float64]


def title_pairs(values: NDArray[np.floating], titles: NDArray[np.intp], max_pairs: int) -> Pairs:
    """Return the pairs of rows of one title whose values differ.

    Args:
        values: [n], NaN where not labelled.
        titles: [n] the number of each row's title.
        max_pairs: of one title; a title with more gives a fixed sample of its pairs.

    Returns:
        Pairs whose masses sum, per title, to its number of labelled rows.
    """
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(titles[known], kind="stable")]
    starts = np.flatnonzero(np.diff(titles[order], prepend=-1))
    found = [
        _pairs_of(values, rows, max_pairs) for rows in np.split(order, starts[1:]) if len(rows) > 1
    ]
    empty = np.empty(0, dtype=np.int64)
    return Pairs(
        np.concatenate([empty, *(each.better for each in found)]),
        np.concatenate([empty, *(each.worse for each in found)]),
        np.concatenate([np.empty(0), *(each.mass for each in found)]),
    )


def _pairs_of(values: NDArray[np.floating], rows: NDArray[np.int64], max_pairs: int) -> Pairs:
    first, second = np.triu_indices(len(rows), 1)
    first, second = rows[first], rows[second]
    differs = values[first] != values[second]
    first, second = first[differs], second[differs]
    if len(first) > max_pairs:
        seed = int.from_bytes(hashlib.sha256(np.sort(values[rows]).tobytes()).digest()[:8])
        chosen = np.random.default_rng(seed).choice(len(first), max_pairs, replace=False)
        first, second = first[chosen], second[chosen]
    rises = values[second] > values[first]
    mass = np.full(len(first), len(rows) / max(len(first), 1))
    return Pairs(np.where(rises, second, first), np.where(rises, first, second), mass)
