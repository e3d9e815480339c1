from math import isnan

import numpy as np
import pytest
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]

from probes.intervals import bootstrap_over_titles, paired_difference
from probes.metrics import MacroAveragePrecision, TitleTau


def sample(titles: int, clips: int = 10, seed: int = 0):  # type: ignore[no-untyped-def]
    random = np.random.default_rng(seed)
    names = [f"t{each}" for each in range(titles) for _ in range(clips)]
    labels = (random.random((len(names), 3)) < 0.3).astype(float)
    return labels, random.normal(size=labels.shape) + labels, names


def test_resampling_is_that_of_the_obvious_loop() -> None:
    labels, scores, names = sample(15)
    found = bootstrap_over_titles(MacroAveragePrecision(labels, scores), names, 200, seed=5)
    unique, of_row = np.unique(names, return_inverse=True)
    random = np.random.default_rng(5)
    values = []
    for draw in random.multinomial(len(unique), np.full(len(unique), 1 / len(unique)), size=200):
        rows = np.repeat(np.arange(len(names)), draw[of_row])
        values.append(average_precision_score(labels[rows], scores[rows]))
    assert found.value == pytest.approx(average_precision_score(labels, scores))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))


def test_the_interval_narrows_with_more_titles() -> None:
    few, many = (
        bootstrap_over_titles(MacroAveragePrecision(labels, scores), names, 300)
        for labels, scores, names in (sample(10), sample(160))
    )
    assert few.low < few.value < few.high
    assert 2.5 < (few.high - few.low) / (many.high - many.low) < 7


def test_one_title_has_no_spread() -> None:
    labels, scores, names = sample(1)
    found = bootstrap_over_titles(MacroAveragePrecision(labels, scores), names, 50)
    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)


def test_a_metric_that_is_never_defined_has_no_interval() -> None:
    _, scores, names = sample(3)
    found = bootstrap_over_titles(MacroAveragePrecision(np.zeros((30, 3)), scores), names, 20)
    assert all(isnan(each) for each in (found.value, found.low, found.high))


def test_a_paired_difference_is_narrower_than_the_intervals_of_its_parts() -> None:
    labels, scores, names = sample(30)
    noise = 0.1 * np.random.default_rng(1).normal(size=scores.shape)
    first = MacroAveragePrecision(labels, scores + 0.3 * labels)
    second = MacroAveragePrecision(labels, scores + noise)
    difference = paired_difference(first, second, names, 300)
    alone = bootstrap_over_titles(first, names, 300)
    assert 0 < difference.low < difference.value < difference.high
    assert difference.high - difference.low < 0.6 * (alone.high - alone.low)


def test_scores_do_not_differ_from_themselves() -> None:
    labels, scores, names = sample(5)
    metric = TitleTau(labels, scores, names)
    difference = paired_difference(metric, metric, names, 50)
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)
