"""Principal axes on which heads are fitted, and the map back to the original columns."""

from collections.abc import Sequence
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


@dataclass(frozen=True, eq=False)
class Scaled:
    """Columns as an L2 term sees them: ``rows`` [n, k] float32 are (columns - ``mean``) @ ``root``.

    ``root`` is [d, k] float64, or [d] for the diagonal of such a matrix.
    """

    rows: Tensor
    mean: Tensor
    root: Tensor

    def back(self, basis: Tensor) -> Tensor:
        """Return root @ basis for a basis [k, axes] float64."""
        return self.root[:, None] * basis if self.root.ndim == 1 else self.root @ basis


def standardised(embeddings: Matrix, counts: Values) -> Scaled:
    """Return columns [n, d] of variance 1, without those that are constant; ``counts`` [n]."""
    mean = _mean(embeddings, counts)
    deviation = np.sqrt(_mean((embeddings - mean).astype(np.float64) ** 2, counts))
    varies = deviation > 1e-6 * np.abs(mean) + 1e-30
    scale = np.where(varies, 1.0 / np.maximum(deviation, 1e-30), 0.0).astype(np.float32)
    rows = torch.from_numpy((embeddings - mean) * scale)
    return Scaled(rows, torch.from_numpy(mean).double(), torch.from_numpy(scale).double())


def of_kernel(
    values: Matrix, among: Matrix, counts: Values, min_eigenvalue: float = 1e-5
) -> Scaled:
    """Return rows in the part of a kernel's space that landmarks span.

    Inner products of rows are ``KERNEL_SCALE`` squared times the kernel (Williams and Seeger 2001),
    so that an L2 term on the weights is one on the norm of the function.

    Args:
        values: [n, m] float32, the kernel of rows with landmarks: the columns.
        among: [m, m] float32, that of the landmarks.
        counts: [n].
        min_eigenvalue: of ``among``, as a share of the largest; the smallest are rounding.
    """
    eigenvalues, vectors = torch.linalg.eigh(torch.from_numpy(among).double())
    kept = eigenvalues > min_eigenvalue * eigenvalues[-1]
    root = KERNEL_SCALE * vectors[:, kept] / eigenvalues[kept].sqrt()
    mean = _mean(values, counts)
    rows = (torch.from_numpy(values - mean).double() @ root).float()
    return Scaled(rows, torch.from_numpy(mean).double(), root)


def principal_axes(
    blocks: Sequence[Scaled],
    strengths: Sequence[float],
    counts: Values,
    min_variance: float = 1e-7,
) -> Axes:
    """Return the principal axes of blocks beside each other, each with its own L2 strength.

    Columns divided by the root of their strength give one common L2 term (group ridge).

    Args:
        blocks: of the same n rows.
        strengths: of the L2 term on each.
        counts: [n].
        min_variance: axes with less than this share of the first axis's variance are left out.
    """
    scales = [strength**-0.5 for strength in strengths]
    pairs = list(zip(blocks, scales, strict=True))
    rows = torch.cat([block.rows * scale for block, scale in pairs], dim=1)
    basis = _principal(rows, counts, min_variance)
    parts = torch.split(basis, [block.rows.shape[1] for block in blocks])
    back = [block.back(part * s) for (block, s), part in zip(pairs, parts, strict=True)]
    return Axes(rows @ basis.float(), torch.cat([b.mean for b in blocks]), torch.cat(back))


def standard_axes(embeddings: Matrix, counts: Values) -> Axes:
    """Return principal axes of standardised embeddings [n, d], without constant columns."""
    return principal_axes([standardised(embeddings, counts)], [1.0], counts)


def kernel_axes(values: Matrix, among: Matrix, counts: Values) -> Axes:
    """Return principal axes of rows in a kernel's space; the arguments are as for ``of_kernel``."""
    return principal_axes([of_kernel(values, among, counts)], [1.0], counts)


def _mean(rows: NDArray[np.floating], counts: Values) -> Matrix:
    mean: Matrix = (counts / counts.sum() @ rows).astype(np.float32)
    return mean


def _principal(rows: Tensor, counts: Values, min_variance: float) -> Tensor:
    """Return [d, axes] float64: the directions in which rows [n, d] of mean 0 vary."""
    weighed = rows * torch.from_numpy(counts).float().sqrt()[:, None]
    few = len(rows) < rows.shape[1]
    if few:  # Then the products of rows tell the same in less time.
        weighed = weighed.double().T
    variance, basis = torch.linalg.eigh((weighed.T @ weighed).double())
    kept = variance > min_variance * variance[-1:].clamp_min(1e-30)
    found: Tensor = basis[:, kept]
    return weighed @ found / variance[kept].sqrt() if few else found
