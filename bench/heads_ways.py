"""The parts that ``bench.heads`` compares, each by us and by scikit-learn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator, ClassifierMixin  # type: ignore[import-untyped]
from sklearn.calibration import CalibratedClassifierCV  # type: ignore[import-untyped]
from sklearn.cluster import KMeans  # type: ignore[import-untyped]
from sklearn.decomposition import PCA  # type: ignore[import-untyped]
from sklearn.frozen import FrozenEstimator  # type: ignore[import-untyped]
from sklearn.kernel_approximation import Nystroem  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import log_loss  # type: ignore[import-untyped]
from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from probes.axes import KERNEL_SCALE, kernel_axes, standard_axes
from probes.calibration import fit_platt
from probes.heads import fit_logistic, fit_pairwise
from probes.likeness import SHARPNESS, likeness_to
from probes.metrics import TitleTau, average_precision
from probes.probe import Matrix
from probes.settings import DEFAULTS

Values = NDArray[np.float64]
RANKED_TITLES = 20
"""Of 100 clips: their 99,000 differences are what scikit-learn needs as a matrix."""
KNOWN = 2_000
"""Clips that stand for titles known to a likeness."""
CENTRES = 50
TOGETHER = 10
"""Classes that scikit-learn's network fits at once; the seconds are scaled to all."""


@dataclass(frozen=True)
class Sample:
    """Embeddings [n, d], labels [n, classes] and titles [n]; the same of further titles."""

    embeddings: Matrix
    labels: Values
    titles: NDArray[np.intp]
    test_embeddings: Matrix
    test_labels: Values
    test_titles: NDArray[np.intp]
    sampled: int

    @property
    def scale(self) -> float:
        """How many times the sampled classes all classes are."""
        return len(self.labels.T) / self.sampled

    @property
    def values(self) -> tuple[Values, Values]:
        """What a ranking orders by, in the first ``RANKED_TITLES``, and in the test titles."""
        own, other = (self.embeddings[:, 0], self.test_embeddings[:, 0])
        noise = np.random.default_rng(1).normal(scale=own.std(), size=len(own) + len(other))
        return own + noise[: len(own)], other + noise[len(own) :]


@dataclass(frozen=True)
class Outcome:
    """What was fitted: how good it is, and how many times the work all classes are."""

    quality: Callable[[], str]
    scale: float = 1.0


Way = Callable[[Sample], Outcome]


def _of_logits(data: Sample, logits: list[NDArray[np.floating]]) -> Callable[[], str]:
    """Tell the macro AP and log loss of logits [n, sampled] at the best strength."""

    def quality() -> str:
        labels = data.test_labels[:, : data.sampled]
        precision = max(float(average_precision(labels, each).mean()) for each in logits)
        loss = min(
            np.mean([log_loss(labels[:, k], expit(each[:, k])) for k in range(data.sampled)])
            for each in logits
        )
        return f"macro AP {precision:.4f}, log loss {loss:.4f}"

    return quality


def logistic_ours(data: Sample) -> Outcome:
    heads = fit_logistic(data.embeddings, data.labels, DEFAULTS.strengths)
    logits = [each.logits(data.test_embeddings)[:, : data.sampled] for each in heads]
    return Outcome(_of_logits(data, logits))


def _logistic_by(solver: str) -> Way:
    def way(data: Sample) -> Outcome:
        scaler = StandardScaler().fit(data.embeddings)
        rows, test = scaler.transform(data.embeddings), scaler.transform(data.test_embeddings)
        logits = []
        for strength in DEFAULTS.strengths:
            columns = []
            for column in range(data.sampled):
                model = LogisticRegression(C=1 / strength, solver=solver, max_iter=1000)
                model.fit(rows, data.labels[:, column])
                columns.append(model.decision_function(test))
            logits.append(np.stack(columns, axis=1))
        return Outcome(_of_logits(data, logits), data.scale)

    return way


def logistic_layer(data: Sample) -> Outcome:
    """One layer of scikit-learn's network, in which ten classes descend together."""
    scaler = StandardScaler().fit(data.embeddings)
    rows, test = scaler.transform(data.embeddings), scaler.transform(data.test_embeddings)
    labels = data.labels[:, :TOGETHER].astype(int)
    logits = []
    for strength in DEFAULTS.strengths:
        model = MLPClassifier((), solver="lbfgs", alpha=strength, random_state=0)
        model.fit(rows, labels)
        found = test @ model.coefs_[0] + model.intercepts_[0]
        logits.append(found[:, : data.sampled])
    return Outcome(_of_logits(data, logits), len(data.labels.T) / len(labels.T))


def _pairs(titles: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    first, second = [], []
    for title in np.unique(titles):
        rows = np.flatnonzero(titles == title)
        one, other = np.triu_indices(len(rows), 1)
        first.append(rows[one])
        second.append(rows[other])
    return np.concatenate(first), np.concatenate(second)


def _of_order(data: Sample, logits: list[NDArray[np.floating]]) -> Callable[[], str]:
    def quality() -> str:
        values = data.values[1][:, None]
        titles = [str(each) for each in data.test_titles]
        taus = [TitleTau(values, each[:, None], titles).taus.mean() for each in logits]
        return f"tau-b {max(taus):.4f}"

    return quality


def pairwise_ours(data: Sample) -> Outcome:
    rows = data.titles < RANKED_TITLES
    titles = [str(each) for each in data.titles[rows]]
    values = data.values[0][rows, None]
    heads = fit_pairwise(data.embeddings[rows], values, titles, DEFAULTS.strengths)
    return Outcome(_of_order(data, [each.logits(data.test_embeddings)[:, 0] for each in heads]))


def pairwise_theirs(data: Sample) -> Outcome:
    chosen = data.titles < RANKED_TITLES
    scaler = StandardScaler().fit(data.embeddings[chosen])
    rows = scaler.transform(data.embeddings[chosen])
    values = data.values[0][chosen]
    first, second = _pairs(data.titles[chosen])
    # Half of the pairs are turned round, for a classifier needs two classes.
    turned = np.arange(len(first)) % 2 == 0
    better = values[first] > values[second]
    swapped = np.where(turned, better, ~better)
    left, right = np.where(swapped, first, second), np.where(swapped, second, first)
    won = (values[left] > values[right]).astype(int)
    mass = np.full(len(left), 2 / (np.bincount(data.titles[chosen])[0] - 1))
    differences = rows[left] - rows[right]
    logits = []
    for strength in DEFAULTS.strengths:
        model = LogisticRegression(C=1 / strength, fit_intercept=False, max_iter=1000)
        model.fit(differences, won, sample_weight=mass)
        logits.append(scaler.transform(data.test_embeddings) @ model.coef_[0])
    return Outcome(_of_order(data, logits))


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


def _too_sure(data: Sample) -> tuple[Matrix, Matrix]:
    """Return logits [n, classes] of the clips and of the test clips that want calibrating."""
    random = np.random.default_rng(2)
    found = []
    for labels in (data.labels, data.test_labels):
        logits = 3 * (2 * labels + random.normal(size=labels.shape)) + 5
        found.append(logits.astype(np.float32))
    return found[0], found[1]


def _of_probabilities(data: Sample, found: Values) -> Callable[[], str]:
    def quality() -> str:
        columns = range(data.labels.shape[1])
        loss = np.mean([log_loss(data.test_labels[:, k], found[:, k]) for k in columns])
        return f"log loss {loss:.5f}"

    return quality


def platt_ours(data: Sample) -> Outcome:
    logits, test = _too_sure(data)
    return Outcome(_of_probabilities(data, fit_platt(logits, data.labels).probabilities(test)))


class Given(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose decision is its only feature."""

    classes_ = np.array([0, 1])

    def fit(self, _rows: Matrix, _labels: Values) -> "Given":
        self.fitted_ = True
        return self

    def decision_function(self, rows: Matrix) -> Matrix:
        column: Matrix = rows[:, 0]
        return column

    def predict(self, rows: Matrix) -> NDArray[np.intp]:
        return (rows[:, 0] > 0).astype(np.intp)


def platt_theirs(data: Sample) -> Outcome:
    logits, test = _too_sure(data)
    given = FrozenEstimator(Given().fit(logits, data.labels))
    columns = []
    for column in range(logits.shape[1]):
        model = CalibratedClassifierCV(given, method="sigmoid")
        model.fit(logits[:, [column]], data.labels[:, column].astype(int))
        columns.append(model.predict_proba(test[:, [column]])[:, 1])
    return Outcome(_of_probabilities(data, np.stack(columns, axis=1)))


def platt_logistic(data: Sample) -> Outcome:
    """Logistic regression of one score, each row counted on both sides by its smoothed target."""
    logits, test = _too_sure(data)
    rows = len(logits)
    side = np.repeat([1, 0], rows)
    columns = []
    for column in range(logits.shape[1]):
        scores = logits[:, [column]].astype(np.float64)
        yes = data.labels[:, column] > 0
        total = yes.sum()
        target = np.where(yes, (total + 1) / (total + 2), 1 / (rows - total + 2))
        model = LogisticRegression(C=np.inf, solver="newton-cholesky")
        model.fit(np.tile(scores, (2, 1)), side, np.concatenate([target, 1 - target]))
        columns.append(model.predict_proba(test[:, [column]])[:, 1])
    return Outcome(_of_probabilities(data, np.stack(columns, axis=1)))


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


PARTS: dict[str, dict[str, Way]] = {
    "logistic": {
        "ours": logistic_ours,
        "LogisticRegression, lbfgs": _logistic_by("lbfgs"),
        "LogisticRegression, newton-cholesky": _logistic_by("newton-cholesky"),
        "MLPClassifier without hidden layer": logistic_layer,
    },
    "pairwise": {"ours": pairwise_ours, "LogisticRegression on differences": pairwise_theirs},
    "axes": {"ours": axes_ours, "StandardScaler, PCA": axes_theirs},
    "kernel": {"ours": kernel_ours, "Nystroem, PCA": kernel_theirs},
    "platt": {
        "ours": platt_ours,
        "CalibratedClassifierCV": platt_theirs,
        "LogisticRegression on targets": platt_logistic,
    },
    "clusters": {"ours": clusters_ours, "KMeans": clusters_theirs},
}
