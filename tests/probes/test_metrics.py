from math import isnan

import numpy as np
import pytest
from scipy.stats import kendalltau  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]

from probes.metrics import (
    ClassAveragePrecision,
    MacroAveragePrecision,
    MicroAveragePrecision,
    TitleTau,
    average_precision,
    chance,
    micro_chance,
    score,
)


def sample(rows: int = 300, classes: int = 5, decimals: int = 1, seed: int = 0):  # type: ignore[no-untyped-def]
    """Labels, and scores that say something, with many ties."""
    random = np.random.default_rng(seed)
    labels = (random.random((rows, classes)) < 0.2).astype(float)
    return labels, np.round(random.normal(size=(rows, classes)) + labels, decimals)


@pytest.mark.parametrize("decimals", [0, 1, 9])
def test_average_precision_is_scikit_learns(decimals: int) -> None:
    labels, scores = sample(decimals=decimals)
    expected = [average_precision_score(*each) for each in zip(labels.T, scores.T, strict=True)]
    assert average_precision(labels, scores) == pytest.approx(expected, abs=1e-6)
    macro = score(MacroAveragePrecision(labels, scores), len(labels))
    assert macro == pytest.approx(average_precision_score(labels, scores, average="macro"))
    micro = score(MicroAveragePrecision(labels, scores), len(labels))
    assert micro == pytest.approx(average_precision_score(labels, scores, average="micro"))


def test_weights_are_scikit_learns_sample_weights() -> None:
    labels, scores = sample()
    weights = np.random.default_rng(1).integers(0, 4, size=(3, len(labels))).astype(float)
    found = ClassAveragePrecision(labels, scores)(weights)
    micro = MicroAveragePrecision(labels, scores)(weights)
    for row, weight in enumerate(weights):
        expected = average_precision_score(labels, scores, average=None, sample_weight=weight)
        assert found[row] == pytest.approx(expected, abs=1e-6)
        pooled = average_precision_score(labels, scores, average="micro", sample_weight=weight)
        assert micro[row] == pytest.approx(pooled, abs=1e-6)


def test_constant_scores_are_worth_chance() -> None:
    labels, _ = sample()
    assert average_precision(labels, np.zeros_like(labels)) == pytest.approx(chance(labels))


def test_a_class_without_positives_counts_nowhere() -> None:
    labels, scores = sample()
    labels[:, 2] = 0
    others = [0, 1, 3, 4]
    found = average_precision(labels, scores)
    assert isnan(found[2])
    rest, rest_scores = labels[:, others], scores[:, others]
    for metric in (MacroAveragePrecision, MicroAveragePrecision):
        expected = score(metric(rest, rest_scores), len(labels))
        assert score(metric(labels, scores), len(labels)) == pytest.approx(expected)
    assert micro_chance(labels) == pytest.approx(rest.mean())


def test_nothing_positive_at_all_is_undefined() -> None:
    labels, scores = np.zeros((4, 2)), np.ones((4, 2))
    assert isnan(score(MacroAveragePrecision(labels, scores), 4))
    assert isnan(score(MicroAveragePrecision(labels, scores), 4))
    assert isnan(micro_chance(labels))


def test_unlabelled_entries_count_nowhere() -> None:
    labels, scores = sample()
    labels[np.random.default_rng(2).random(labels.shape) < 0.4] = np.nan
    for each in range(labels.shape[1]):
        known = ~np.isnan(labels[:, each])
        expected = average_precision_score(labels[known, each], scores[known, each])
        assert average_precision(labels, scores)[each] == pytest.approx(expected, abs=1e-6)
        assert chance(labels)[each] == pytest.approx(labels[known, each].mean())
    pooled = ~np.isnan(labels)
    expected = average_precision_score(labels[pooled], scores[pooled])
    assert score(MicroAveragePrecision(labels, scores), len(labels)) == pytest.approx(expected)


def test_a_class_without_labels_is_undefined() -> None:
    labels = np.array([[np.nan, 1.0], [np.nan, 0.0]])
    assert isnan(chance(labels)[0])
    assert isnan(average_precision(labels, np.zeros((2, 2)))[0])


def test_many_resamples_are_the_same_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, scores = sample()
    weights = np.random.default_rng(3).integers(0, 3, size=(20, len(labels))).astype(float)
    at_once = MicroAveragePrecision(labels, scores)(weights)
    monkeypatch.setattr("probes.metrics.BATCH_VALUES", 5000)
    assert MicroAveragePrecision(labels, scores)(weights) == pytest.approx(at_once)


def test_tau_is_scipys_within_each_title_averaged() -> None:
    random = np.random.default_rng(4)
    titles = np.repeat([f"t{each}" for each in range(12)], 8)
    order = random.permutation(len(titles))
    titles = titles[order]
    labels = random.integers(0, 4, size=(96, 1)).astype(float)
    scores = np.round(random.normal(size=(96, 1)) + labels, 0)
    taus = [
        kendalltau(labels[titles == each, 0], scores[titles == each, 0]).statistic
        for each in sorted(set(titles))
    ]
    metric = TitleTau(labels, scores, titles.tolist())
    assert metric.taus[:, 0] == pytest.approx(taus)
    assert score(metric, 96) == pytest.approx(np.mean(taus))
    twice_the_first = np.where(titles == sorted(set(titles))[0], 2.0, 1.0)
    assert metric(twice_the_first[None])[0] == pytest.approx(np.mean([taus[0], *taus]))


def test_a_title_that_ranks_nothing_is_left_out_and_scores_that_order_nothing_are_0() -> None:
    titles = ["same"] * 3 + ["flat"] * 3 + ["good"] * 3 + ["one"]
    labels = np.array([[5, 5, 5, 1, 2, 3, 1, 2, 3, 1]], float).T
    scores = np.array([[1, 2, 3, 7, 7, 7, 1, 2, 3, 1]], float).T
    metric = TitleTau(labels, scores, titles)
    assert score(metric, len(titles)) == pytest.approx(0.5)
    assert isnan(score(TitleTau(labels[:3], scores[:3], titles[:3]), 3))


def test_tau_looks_at_labelled_clips_only() -> None:
    labels = np.array([[1.0], [np.nan], [2.0], [3.0]])
    scores = np.array([[1.0], [99.0], [2.0], [3.0]])
    assert score(TitleTau(labels, scores, ["a"] * 4), 4) == pytest.approx(1.0)
