"""Linear heads with L2 regularisation: logistic, and pairwise logistic for ranking.

The heads are fitted on standardised features and returned in terms of the original ones, so they
go straight into a ``Probe``. Strengths are in units of the summed loss: ``1 / C`` of scikit-learn's
LogisticRegression.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from probes.axes import Axes, standard_axes
from probes.designs import PairDesign, RowDesign, title_pairs
from probes.metrics import Labels, Values
from probes.probe import Matrix, Read, features
from probes.settings import DEFAULTS
from probes.solver import Problem, Solution, solve


@dataclass(frozen=True)
class Heads:
    """One linear head per class. ``weight``: [classes, d] float32. ``bias``: [classes] float32.

    ``reads`` are the blocks that the embeddings are, side by side. Where one is read by likeness,
    the titles that this knows take the place of the block's columns in ``weight``.
    """

    weight: Matrix
    bias: Matrix
    reads: tuple[Read, ...] = ()

    def logits(self, embeddings: Matrix) -> Matrix:
        """Return [n, classes] float32 for embeddings [n, d] float32."""
        found: Matrix = features(embeddings, self.reads) @ self.weight.T + self.bias
        return found


def fit_logistic(embeddings: Matrix, labels: Labels, strengths: Sequence[float]) -> list[Heads]:
    """Fit logistic heads of every class at every strength.

    Args:
        embeddings: [n, d] float32.
        labels: [n, classes] in 0..1, NaN where not labelled.
        strengths: of the L2 term, above 0. The bias is free.

    Returns:
        One ``Heads`` per strength. A class without positives or without negatives gets zero
        weights and the log-odds of its smoothed rate.
    """
    counts = np.ones(len(embeddings))
    return fit_logistic_on(standard_axes(embeddings, counts), labels, strengths, counts)


def fit_logistic_on(
    axes: Axes, labels: Labels, strengths: Sequence[float], counts: Values
) -> list[Heads]:
    """Fit logistic heads on axes, on which the L2 term is taken; as ``fit_logistic`` else.

    ``counts`` [n] are the numbers of equal rows that each row represents.
    """
    known = ~np.isnan(labels)
    target = _tensor(np.where(known, labels, 0.0))
    mass = _tensor(known * counts[:, None])
    positives, total = (target * mass).sum(0), mass.sum(0)
    bias = torch.log((positives + 0.5) / (total - positives + 0.5))
    two_sided = (positives > 0) & (positives < total)
    problem = Problem(RowDesign(axes.rows), target[:, two_sided], mass[:, two_sided], has_bias=True)
    weight = torch.zeros(axes.rows.shape[1], len(total))
    found = {}
    solution = Solution(weight[:, two_sided], bias[two_sided])
    for strength in sorted(strengths, reverse=True):
        if two_sided.any():
            solution = solve(problem, strength, solution)
            weight[:, two_sided], bias[two_sided] = solution.weight, solution.bias
        found[strength] = _heads(axes, weight, bias)
    return [found[strength] for strength in strengths]


def fit_pairwise(
    embeddings: Matrix,
    labels: Labels,
    titles: Sequence[str],
    strengths: Sequence[float],
    max_pairs: int = DEFAULTS.max_pairs,
) -> list[Heads]:
    """Fit heads that order clips within a title: logistic on differences (RankNet, linear).

    The pairs of a title weigh together as much as it has labelled clips, so strengths mean the
    same as for ``fit_logistic`` and a long title does not outvote the others.

    Args:
        embeddings: [n, d] float32.
        labels: [n, classes], any finite number, the larger the better; NaN where not labelled.
        titles: the title id of each row.
        strengths: of the L2 term, above 0.
        max_pairs: of one title; a title with more gives a fixed sample of its pairs.

    Returns:
        One ``Heads`` per strength. The bias puts the mean of the embeddings at 0, so the
        sigmoid of a logit is the chance to rank above the average clip. Zero weights where no
        title has two different labels.
    """
    axes = standard_axes(embeddings, np.ones(len(embeddings)))
    return fit_pairwise_on(axes, labels, titles, strengths, max_pairs)


def fit_pairwise_on(
    axes: Axes, labels: Labels, titles: Sequence[str], strengths: Sequence[float], max_pairs: int
) -> list[Heads]:
    """Fit ranking heads on axes, on which the L2 term is taken; as ``fit_pairwise`` else."""
    codes = np.unique(np.asarray(titles, dtype=str), return_inverse=True)[1]
    weight = torch.zeros(len(strengths), axes.rows.shape[1], labels.shape[1])
    for column in range(labels.shape[1]):
        pairs = title_pairs(labels[:, column], codes, max_pairs)
        if not len(pairs.mass):
            continue
        mass = _tensor(pairs.mass)[:, None]
        design = PairDesign(
            axes.rows, torch.from_numpy(pairs.better), torch.from_numpy(pairs.worse)
        )
        problem = Problem(design, torch.ones_like(mass), mass, has_bias=False)
        solution = Solution(weight[0, :, column : column + 1], torch.zeros(1))
        for index in np.argsort(strengths)[::-1]:
            solution = solve(problem, strengths[index], solution)
            weight[index, :, column] = solution.weight[:, 0]
    return [_heads(axes, each, torch.zeros(labels.shape[1])) for each in weight]


def _heads(axes: Axes, weight: Tensor, bias: Tensor) -> Heads:
    return Heads(*axes.of_columns(weight, bias))


def _tensor(values: NDArray[np.generic]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
