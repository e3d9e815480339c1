"""Heads and calibration that ``bench.heads`` compares, by us and by scikit-learn."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator, ClassifierMixin  # type: ignore[import-untyped]
from sklearn.calibration import CalibratedClassifierCV  # type: ignore[import-untyped]
from sklearn.frozen import FrozenEstimator  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import log_loss  # type: ignore[import-untyped]
from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from bench.heads_axes import (
    axes_ours,
    axes_theirs,
    clusters_ours,
    clusters_theirs,
    kernel_ours,
    kernel_theirs,
)
from bench.heads_sample import Outcome, Sample, Values, Way
from probes.calibration import fit_platt
from probes.heads import fit_logistic, fit_pairwise
from probes.metrics import TitleTau, average_precision
from probes.probe import Matrix
from probes.settings import DEFAULTS

RANKED_TITLES = 20
"""Of 100 clips: their 99,000 differences are what scikit-learn needs as a matrix."""
TOGETHER = 10
"""Classes that scikit-learn's network fits at once; the seconds are scaled to all."""


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
