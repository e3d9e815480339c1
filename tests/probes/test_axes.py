import numpy as np
import pytest
import torch

from probes.axes import KERNEL_SCALE, Axes, kernel_axes, standard_axes
from probes.likeness import likeness_to


def rows(count: int = 40) -> np.ndarray:
    random = np.random.default_rng(0)
    made = random.normal(size=(count, 5)) @ random.normal(size=(5, 5)) + 3.0
    return made.astype(np.float32)


def check(axes: Axes, columns: np.ndarray, counts: np.ndarray) -> None:
    """Uncorrelated, of mean 0 as counted, and the same scores either way."""
    found = axes.rows.numpy().astype(float)
    assert counts @ found == pytest.approx(0, abs=1e-2 * counts.sum() ** 0.5)
    products = (found * counts[:, None]).T @ found
    spread = np.sqrt(np.diag(products))
    assert products / np.outer(spread, spread) == pytest.approx(np.eye(len(spread)), abs=2e-2)
    weight = torch.randn(found.shape[1], 2, generator=torch.Generator().manual_seed(0))
    bias = torch.tensor([0.5, -1.0])
    own, shift = axes.of_columns(weight, bias)
    expected = (axes.rows @ weight + bias).numpy()
    assert columns @ own.T + shift == pytest.approx(expected, abs=5e-2)


def test_standard_axes_count_a_row_as_often_as_it_says() -> None:
    made, counts = rows(), np.random.default_rng(1).integers(1, 5, 40).astype(float)
    check(standard_axes(made, counts), made, counts)
    repeated = standard_axes(made.repeat(counts.astype(int), axis=0), np.ones(int(counts.sum())))
    own = standard_axes(made, counts)
    assert np.abs(own.back.numpy()) == pytest.approx(np.abs(repeated.back.numpy()), abs=1e-3)


def test_distances_on_kernel_axes_are_the_kernels() -> None:
    made, counts = rows(), np.random.default_rng(1).integers(1, 5, 40).astype(float)
    likeness = likeness_to(made)
    features = likeness.features(made)
    axes = kernel_axes(features, likeness.among, counts)
    check(axes, features, counts)
    found = torch.cdist(axes.rows, axes.rows).numpy() ** 2
    expected = KERNEL_SCALE**2 * (2.0 - 2.0 * features)
    assert found == pytest.approx(expected, rel=2e-2, abs=0.2)


def test_fewer_landmarks_than_rows_span_what_they_can() -> None:
    made = rows()
    likeness = likeness_to(made, most=10)
    features = likeness.features(made)
    axes = kernel_axes(features, likeness.among, np.ones(40))
    assert axes.rows.shape[1] <= 10
    check(axes, features, np.ones(40))
