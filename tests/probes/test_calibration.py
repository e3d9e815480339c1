import numpy as np
import pytest
from scipy.special import expit  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator, ClassifierMixin  # type: ignore[import-untyped]
from sklearn.calibration import (  # type: ignore[import-untyped]
    CalibratedClassifierCV,
    calibration_curve,
)
from sklearn.frozen import FrozenEstimator  # type: ignore[import-untyped]
from sklearn.metrics import f1_score, precision_recall_curve  # type: ignore[import-untyped]

from probes.calibration import best_thresholds, fit_platt, reliability
from probes.heads import Heads


def sample(rows: int = 500, seed: int = 0):  # type: ignore[no-untyped-def]
    """Logits that are too sure, on another level, and labels of three classes."""
    random = np.random.default_rng(seed)
    true = random.normal(size=(rows, 3)) - 1
    labels = (random.random(true.shape) < expit(true)).astype(float)
    return (3 * true + 5).astype(np.float32), labels


class Given(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose decision is its only feature."""

    def fit(self, features, labels):  # type: ignore[no-untyped-def]
        self.classes_ = np.unique(labels)
        return self

    def predict(self, features):  # type: ignore[no-untyped-def]
        return self.classes_[(features[:, 0] > 0).astype(int)]

    def decision_function(self, features):  # type: ignore[no-untyped-def]
        return features[:, 0]


def test_platt_scaling_is_scikit_learns() -> None:
    logits, labels = sample()
    found = fit_platt(logits, labels).probabilities(logits)
    for each in range(3):
        feature = logits[:, [each]].astype(float)
        given = FrozenEstimator(Given().fit(feature, labels[:, each]))  # type: ignore[no-untyped-call]
        reference = CalibratedClassifierCV(given, method="sigmoid").fit(feature, labels[:, each])
        expected = reference.predict_proba(feature)[:, 1]
        assert found[:, each] == pytest.approx(expected, abs=1e-3)


def test_unlabelled_rows_count_nowhere() -> None:
    logits, labels = sample()
    labels[100:] = np.nan
    some, all_rows = fit_platt(logits[:100], labels[:100]), fit_platt(logits, labels)
    assert all_rows.slope == pytest.approx(some.slope, rel=1e-4)
    assert all_rows.offset == pytest.approx(some.offset, rel=1e-4)


def test_a_calibrated_head_gives_the_calibrated_probabilities() -> None:
    _, labels = sample()
    random = np.random.default_rng(1)
    embeddings = random.normal(size=(500, 4)).astype(np.float32)
    weight = random.normal(size=(3, 4)).astype(np.float32)
    heads = Heads(weight, np.ones(3, np.float32))
    platt = fit_platt(heads.logits(embeddings), labels)
    found = expit(platt.fold_into(heads).logits(embeddings))
    expected = platt.probabilities(heads.logits(embeddings))
    assert found == pytest.approx(expected, abs=1e-5)


def test_scores_worse_than_chance_or_constant_give_the_rate() -> None:
    logits, labels = sample()
    for useless in (-logits, np.full_like(logits, 3.7)):
        platt = fit_platt(useless, labels)
        assert platt.slope == pytest.approx(0, abs=1e-9)
        found = platt.probabilities(useless).mean(axis=0)
        assert found == pytest.approx(labels.mean(axis=0), abs=0.003)


def test_one_sided_and_unlabelled_classes_stay_finite() -> None:
    logits, labels = sample()
    labels[:, 0], labels[:, 1], labels[:, 2] = 0, 1, np.nan
    found = fit_platt(logits, labels).probabilities(logits)
    assert found[:, 0] == pytest.approx(1 / 502, abs=1e-4)
    assert found[:, 1] == pytest.approx(501 / 502, abs=1e-4)
    assert found[:, 2] == pytest.approx(0.5)


def test_separable_scores_stay_finite() -> None:
    logits, _ = sample()
    platt = fit_platt(logits, (logits > 2).astype(float))
    assert np.isfinite(platt.slope).all()
    assert np.isfinite(platt.offset).all()


@pytest.mark.parametrize("decimals", [1, 2, 9])
def test_thresholds_reach_the_best_f1(decimals: int) -> None:
    logits, labels = sample()
    scores = np.round(expit(logits.astype(float)), decimals)
    for each, threshold in enumerate(best_thresholds(scores, labels)):
        precision, recall, _ = precision_recall_curve(labels[:, each], scores[:, each])
        best = (2 * precision * recall / np.maximum(precision + recall, 1e-12)).max()
        assert f1_score(labels[:, each], scores[:, each] >= threshold) == pytest.approx(best)


def test_thresholds_of_degenerate_classes() -> None:
    scores = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.5], [0.7, 0.3, 0.1]])
    labels = np.array([[0, 1, np.nan], [0, 0, 1], [0, 0, 0]], float)
    none, constant, partial = best_thresholds(scores, labels)
    assert np.isnan(none)
    assert constant == pytest.approx(0.3)
    assert partial == pytest.approx(0.3)


def test_bins_are_scikit_learns_calibration_curve() -> None:
    logits, labels = sample()
    scores = expit(logits.astype(float))
    found = reliability(scores, labels, bins=10)
    for each in range(3):
        filled = found.count[each] > 0
        observed, predicted = calibration_curve(labels[:, each], scores[:, each], n_bins=10)
        assert found.observed[each, filled] == pytest.approx(observed)
        assert found.predicted[each, filled] == pytest.approx(predicted)
        weights = found.count[each, filled] / 500
        expected = (weights * np.abs(observed - predicted)).sum()
        assert found.expected_error()[each] == pytest.approx(expected)


def test_calibration_lowers_the_expected_error() -> None:
    logits, labels = sample(2000)
    before = reliability(expit(logits.astype(float)), labels).expected_error()
    after = reliability(fit_platt(logits, labels).probabilities(logits), labels).expected_error()
    assert (after < 0.05).all()
    assert (before > 0.2).all()


def test_unlabelled_entries_are_in_no_bin() -> None:
    labels = np.array([[1.0, np.nan], [0.0, np.nan]])
    found = reliability(np.array([[1.0, 0.5], [0.0, 0.5]]), labels)
    assert found.count.sum(axis=1).tolist() == [2, 0]
    assert found.expected_error().tolist() == [0, 0]
