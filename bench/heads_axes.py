"""Axes, kernels and clusters that ``bench.heads`` compares, by us and by scikit-learn."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans  # type: ignore[import-untyped]
from sklearn.decomposition import PCA  # type: ignore[import-untyped]
from sklearn.kernel_approximation import Nystroem  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from bench.heads_sample import Outcome, Sample, Values
from probes.axes import KERNEL_SCALE, kernel_axes, standard_axes
from probes.likeness import SHARPNESS, likeness_to
from probes.probe import Matrix

KNOWN = 2_000
"""Clips that stand for titles known to a likeness."""
CENTRES = 50


def _correlation(rows: NDArray[np.floating]) -> Callable[[], str]:
    def quality() -> str:
        shape = rows.astype(np.float64).T @ rows
        scale = np.sqrt(np.diag(shape))
        rest = np.abs(shape / scale / scale[:, None] - np.eye(len(shape))).max()
        return f"{rows.shape[1]} axes, largest correlation {rest:.1e}"

    return quality


def axes_ours(data: Sample) -> Outcome:
    found = standard_axes(data.embeddings, np.ones(len(data.embeddings)))
    return Outcome(_correlation(found.rows.numpy()))


def axes_theirs(data: Sample) -> Outcome:
    rows = StandardScaler().fit_transform(data.embeddings)
    return Outcome(_correlation(PCA(svd_solver="covariance_eigh").fit_transform(rows)))


def _kernel_error(data: Sample, mapped: Callable[[Matrix], NDArray[np.floating]]) -> str:
    """Tell how far the squared distances of known clips are from 2 - 2 times the kernel."""
    rows = data.embeddings[: KNOWN // 4]
    likeness = likeness_to(data.embeddings[:KNOWN])
    away = rows - likeness.centre
    unit = away / np.linalg.norm(away, axis=1, keepdims=True)
    exact = 2 - 2 * np.exp(SHARPNESS * (unit @ unit.T - 1))
    found = mapped(rows)
    squares = (found**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * found @ found.T
    return f"mean error of distances {np.abs(distances - exact).mean():.1e}"


def kernel_ours(data: Sample) -> Outcome:
    known = data.embeddings[:KNOWN]
    likeness = likeness_to(known)
    axes = kernel_axes(likeness.features(known), likeness.among, np.ones(KNOWN))

    def mapped(rows: Matrix) -> NDArray[np.floating]:
        found: NDArray[np.floating] = likeness.features(rows) @ axes.back.numpy() / KERNEL_SCALE
        return found

    return Outcome(lambda: _kernel_error(data, mapped))


def kernel_theirs(data: Sample) -> Outcome:
    known = data.embeddings[:KNOWN]
    centre = known.mean(axis=0)

    def unit(rows: Matrix) -> Matrix:
        away = rows - centre
        found: Matrix = away / np.linalg.norm(away, axis=1, keepdims=True)
        return found

    model = Nystroem(gamma=SHARPNESS / 2, n_components=KNOWN, random_state=0)
    PCA(svd_solver="covariance_eigh").fit(model.fit_transform(unit(known)))

    def mapped(rows: Matrix) -> NDArray[np.floating]:
        found: NDArray[np.floating] = model.transform(unit(rows))
        return found

    return Outcome(lambda: _kernel_error(data, mapped))


def _weighted(data: Sample) -> tuple[Values, Values]:
    rows = data.embeddings.astype(np.float64)
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return rows, np.random.default_rng(3).random(len(rows))


def _inertia(rows: Values, mass: Values, centres: Values, cluster: NDArray[np.intp]) -> str:
    away = ((rows - centres[cluster]) ** 2).sum(axis=1)
    return f"mean squared distance {float((away * mass).sum() / mass.sum()):.2f}"


def weighted_means(rows: Values, mass: Values, count: int) -> tuple[Values, NDArray[np.intp]]:
    """Return centres [count, d] and the cluster [n] of each row, by Lloyd's rounds.

    They start at the row of most mass, and then at the row farthest from all starts, in squared
    distance times mass: k-means++ without its dice.
    """
    starts = [int(mass.argmax())]
    nearest = _distance(rows, rows[starts]).min(axis=1)
    while len(starts) < count:
        starts.append(int((nearest * mass).argmax()))
        nearest = np.minimum(nearest, _distance(rows, rows[starts[-1:]])[:, 0])
    centres = rows[starts]
    cluster = _distance(rows, centres).argmin(axis=1)
    for _ in range(20):
        share = (cluster == np.arange(count)[:, None]) * mass
        total = share.sum(axis=1, keepdims=True)
        centres = np.where(total > 0, share @ rows / np.maximum(total, 1e-12), centres)
        moved = _distance(rows, centres).argmin(axis=1)
        if (moved == cluster).all():
            break
        cluster = moved
    return centres, cluster


def _distance(rows: Values, centres: Values) -> Values:
    """Return squared distances [n, centres]."""
    found: Values = (rows**2).sum(axis=1)[:, None] - 2 * rows @ centres.T + (centres**2).sum(axis=1)
    return np.maximum(found, 0.0)


def clusters_ours(data: Sample) -> Outcome:
    rows, mass = _weighted(data)
    centres, cluster = weighted_means(rows, mass, CENTRES)
    return Outcome(lambda: _inertia(rows, mass, centres, cluster))


def clusters_theirs(data: Sample) -> Outcome:
    rows, mass = _weighted(data)
    model = KMeans(CENTRES, n_init=1, max_iter=20, random_state=0).fit(rows, sample_weight=mass)
    return Outcome(lambda: _inertia(rows, mass, model.cluster_centers_, model.labels_))
