"""Principal axes on which heads are fitted, and the map back to the original columns."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from probes.metrics import Values
from probes.probe import Matrix

KERNEL_SCALE = 10.0
"""A row whose kernel with itself is 1 gets the length of a hundred standardised columns, so that
the same strengths of the L2 term suit both."""


@dataclass(frozen=True, eq=False)
class Axes:
    """n rows on axes, where row i is counted ``counts[i]`` times.

    ``rows``: [n, axes] float32, of mean 0. They are (columns - ``mean``) @ ``back``, with ``mean``
    [d] and ``back`` [d, axes] float64.
    """

    rows: Tensor
    mean: Tensor
    back: Tensor

    def of_columns(self, weight: Tensor, bias: Tensor) -> tuple[Matrix, Matrix]:
        """Return weights [axes, classes] and biases as those of columns: [classes, d], [classes].

        Both are float32.
        """
        raw = self.back @ weight.double()
        shifted = bias.double() - self.mean @ raw
        return raw.T.float().numpy(), shifted.float().numpy()


def standard_axes(embeddings: Matrix, counts: Values, min_variance: float = 1e-7) -> Axes:
    """Return principal axes of standardised embeddings [n, d], without constant columns.

    Args:
        embeddings: [n, d] float32.
        counts: [n].
        min_variance: axes with less than this share of the first axis's variance are left out.
    """
    mean = _mean(embeddings, counts)
    deviation = np.sqrt(_mean((embeddings - mean).astype(np.float64) ** 2, counts))
    varies = deviation > 1e-6 * np.abs(mean) + 1e-30
    scale = np.where(varies, 1.0 / np.maximum(deviation, 1e-30), 0.0).astype(np.float32)
    narrow = torch.from_numpy((embeddings - mean) * scale)
    basis = _principal(narrow, counts, min_variance)
    back = torch.from_numpy(scale).double()[:, None] * basis
    return Axes(narrow @ basis.float(), torch.from_numpy(mean).double(), back)


def kernel_axes(
    values: Matrix,
    among: Matrix,
    counts: Values,
    min_variance: float = 1e-7,
    min_eigenvalue: float = 1e-5,
) -> Axes:
    """Return the principal axes of rows in the part of a kernel's space that landmarks span.

    Inner products of rows are ``KERNEL_SCALE`` squared times the kernel (Williams and Seeger 2001),
    so that an L2 term on the weights is one on the norm of the function.

    Args:
        values: [n, m] float32, the kernel of rows with landmarks: the columns.
        among: [m, m] float32, that of the landmarks.
        counts: [n].
        min_variance: axes with less than this share of the first axis's variance are left out.
        min_eigenvalue: the same for eigenvalues of ``among``, of which the smallest are rounding.
    """
    eigenvalues, vectors = torch.linalg.eigh(torch.from_numpy(among).double())
    kept = eigenvalues > min_eigenvalue * eigenvalues[-1]
    root = KERNEL_SCALE * vectors[:, kept] / eigenvalues[kept].sqrt()
    mean = _mean(values, counts)
    narrow = (torch.from_numpy(values - mean).double() @ root).float()
    basis = _principal(narrow, counts, min_variance)
    return Axes(narrow @ basis.float(), torch.from_numpy(mean).double(), root @ basis)


def _mean(rows: NDArray[np.floating], counts: Values) -> Matrix:
    mean: Matrix = (counts / counts.sum() @ rows).astype(np.float32)
    return mean


def _principal(rows: Tensor, counts: Values, min_variance: float) -> Tensor:
    """Return [d, axes] float64: the directions in which rows [n, d] of mean 0 vary."""
    weighed = rows * torch.from_numpy(counts).float()[:, None]
    variance, basis = torch.linalg.eigh((weighed.T @ rows).double())
    kept: Tensor = basis[:, variance > min_variance * variance[-1:].clamp_min(1e-30)]
    return kept
