from itertools import combinations

import numpy as np
import pytest
from scipy.special import expit  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from probes.heads import fit_logistic, fit_pairwise

STRENGTHS = (1.0, 30.0, 1000.0)


def sample(rows: int = 400, width: int = 24, classes: int = 3, seed: int = 0):  # type: ignore[no-untyped-def]
    """Correlated embeddings on uneven scales away from 0, and 0/1 labels of them and noise."""
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(width, width)) * np.arange(1, width + 1) ** -0.5
    embeddings = random.normal(size=(rows, width)) @ mixing.T * 0.1 + random.normal(size=width)
    odds = embeddings @ random.normal(size=(width, classes))
    odds = (odds - odds.mean(axis=0)) / odds.std(axis=0) + random.normal(size=odds.shape)
    labels = (odds > [0.0, 0.8, 1.8][:classes]).astype(float)
    return embeddings.astype(np.float32), labels


def logistic_reference(features, labels, strength: float, **options):  # type: ignore[no-untyped-def]
    return LogisticRegression(C=1 / strength, tol=1e-8, max_iter=5000).fit(
        features, labels, **options
    )


def test_logistic_heads_are_scikit_learns_at_every_strength() -> None:
    embeddings, labels = sample()
    scaled = StandardScaler().fit_transform(embeddings)
    for strength, heads in zip(STRENGTHS, fit_logistic(embeddings, labels, STRENGTHS), strict=True):
        assert heads.weight.dtype == heads.bias.dtype == np.float32
        found = expit(heads.logits(embeddings))
        for each in range(labels.shape[1]):
            reference = logistic_reference(scaled, labels[:, each], strength)
            expected = reference.predict_proba(scaled)[:, 1]
            assert found[:, each] == pytest.approx(expected, abs=1e-3)


def test_unlabelled_rows_count_nowhere() -> None:
    embeddings, labels = sample()
    labels[np.random.default_rng(1).random(labels.shape) < 0.5] = np.nan
    scaled = StandardScaler().fit_transform(embeddings)
    (heads,) = fit_logistic(embeddings, labels, (10.0,))
    for each in range(labels.shape[1]):
        known = ~np.isnan(labels[:, each])
        reference = logistic_reference(scaled[known], labels[known, each], 10.0)
        expected = reference.predict_proba(scaled)[:, 1]
        assert expit(heads.logits(embeddings))[:, each] == pytest.approx(expected, abs=1e-3)


def test_more_columns_than_rows() -> None:
    embeddings, labels = sample(rows=30, width=80)
    scaled = StandardScaler().fit_transform(embeddings)
    heads = fit_logistic(embeddings, labels, (5.0,))[0]
    reference = logistic_reference(scaled, labels[:, 0], 5.0)
    expected = reference.predict_proba(scaled)[:, 1]
    assert expit(heads.logits(embeddings))[:, 0] == pytest.approx(expected, abs=1e-3)


def test_constant_columns_take_no_part() -> None:
    embeddings, labels = sample()
    constant = np.repeat(np.array([[7.3, 0.0, -1e4]], np.float32), len(embeddings), axis=0)
    wide = np.concatenate([constant, embeddings], axis=1)
    (alone,), (beside,) = (fit_logistic(rows, labels, (1.0,)) for rows in (embeddings, wide))
    assert (beside.weight[:, :3] == 0).all()
    assert beside.logits(wide) == pytest.approx(alone.logits(embeddings), abs=2e-3)


def test_embeddings_that_say_nothing_give_the_rate() -> None:
    labels = np.array([[1.0], [0.0], [0.0], [0.0]])
    heads = fit_logistic(np.ones((4, 3), np.float32), labels, (1.0,))[0]
    assert expit(heads.bias[0]) == pytest.approx(0.25, abs=1e-3)
    assert (heads.weight == 0).all()


def test_a_class_on_one_side_only_gets_its_smoothed_rate() -> None:
    embeddings, labels = sample()
    labels[:, 0], labels[:, 1], labels[:, 2] = 0, 1, np.nan
    heads = fit_logistic(embeddings, labels, STRENGTHS)
    for each in heads:
        assert (each.weight == 0).all()
        assert expit(each.bias) == pytest.approx([0.5 / 401, 400.5 / 401, 0.5])


def test_separable_classes_end() -> None:
    embeddings, _ = sample()
    labels = (embeddings[:, :1] > np.median(embeddings[:, 0])).astype(float)
    heads = fit_logistic(embeddings, labels, (1e-3,))[0]
    assert ((heads.logits(embeddings) > 0) == labels).all()


def test_strengths_come_back_in_the_order_asked() -> None:
    embeddings, labels = sample()
    weak, strong = fit_logistic(embeddings, labels, (1.0, 1000.0))
    again = fit_logistic(embeddings, labels, (1000.0, 1.0))
    assert np.linalg.norm(weak.weight) > np.linalg.norm(strong.weight)
    assert again[0].weight == pytest.approx(strong.weight)
    titles = ["a", "b"] * 200
    weak, strong = fit_pairwise(embeddings, labels, titles, (1.0, 1000.0))
    assert np.linalg.norm(weak.weight) > np.linalg.norm(strong.weight)


def ranking(titles: int = 20, clips: int = 9):  # type: ignore[no-untyped-def]
    """Values that the embeddings explain within a title, under a large offset per title."""
    random = np.random.default_rng(3)
    names = np.repeat([f"t{each}" for each in range(titles)], clips)
    embeddings = random.normal(size=(len(names), 8)).astype(np.float32)
    values = np.round(embeddings[:, :2].sum(axis=1) + random.normal(size=len(names)), 0)
    values += 100 * np.repeat(random.normal(size=titles), clips)
    return embeddings, values[:, None], names[random.permutation(len(names))], names


def test_pairwise_heads_are_logistic_regression_on_differences() -> None:
    embeddings, values, _, names = ranking()
    scaled = StandardScaler().fit_transform(embeddings)
    differences, masses = [], []
    for title in np.unique(names):
        rows = np.flatnonzero(names == title)
        pairs = [
            (one, other) if values[one, 0] > values[other, 0] else (other, one)
            for one, other in combinations(rows, 2)
            if values[one, 0] != values[other, 0]
        ]
        differences += [scaled[better] - scaled[worse] for better, worse in pairs]
        masses += [len(rows) / len(pairs)] * len(pairs)
    both = np.concatenate([differences, np.negative(differences)])
    won = np.repeat([1, 0], len(differences))
    for strength in (1.0, 100.0):
        head = fit_pairwise(embeddings, values, names.tolist(), (strength,))[0]
        reference = LogisticRegression(
            C=1 / strength, fit_intercept=False, tol=1e-8, max_iter=5000
        ).fit(both, won, sample_weight=np.tile(masses, 2) / 2)
        expected = scaled @ reference.coef_[0]
        assert head.logits(embeddings)[:, 0] == pytest.approx(expected, abs=2e-3)


def test_a_ranking_is_centred_on_the_average_clip() -> None:
    embeddings, values, _, names = ranking()
    head = fit_pairwise(embeddings, values, names.tolist(), (1.0,))[0]
    assert head.logits(embeddings.mean(axis=0, keepdims=True))[0, 0] == pytest.approx(0, abs=1e-5)


def test_titles_that_rank_nothing_teach_nothing() -> None:
    embeddings, values, _, _ = ranking()
    alone = [f"t{each}" for each in range(len(values))]
    values[3] = np.nan
    assert (fit_pairwise(embeddings, values, alone, (1.0,))[0].weight == 0).all()
    flat = np.zeros_like(values)
    assert (fit_pairwise(embeddings, flat, ["a"] * len(flat), (1.0,))[0].weight == 0).all()
