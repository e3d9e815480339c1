import numpy as np
import pytest

from probes.folds import Folds, title_folds


def rows_of(sizes: list[int]) -> list[str]:
    return [f"title-{number}" for number, size in enumerate(sizes) for _ in range(size)]


def test_a_title_lies_in_one_fold_and_every_fold_is_used() -> None:
    random = np.random.default_rng(0)
    titles = rows_of(random.integers(1, 30, size=23).tolist())
    folds = title_folds(titles, 5)
    assert set(folds) == set(range(5))
    for title in set(titles):
        assert len({fold for fold, each in zip(folds, titles, strict=True) if each == title}) == 1


def test_folds_follow_the_titles_not_the_order_of_rows() -> None:
    random = np.random.default_rng(1)
    titles = np.array(rows_of(random.integers(1, 30, size=40).tolist()))
    labels = (random.random((len(titles), 6)) < 0.1).astype(float)
    folds = title_folds(titles.tolist(), 5, labels)
    shuffled = random.permutation(len(titles))
    again = title_folds(titles[shuffled].tolist(), 5, labels[shuffled])
    assert (again == folds[shuffled]).all()


def test_rows_are_balanced() -> None:
    random = np.random.default_rng(2)
    titles = rows_of(random.integers(5, 50, size=60).tolist())
    counts = np.bincount(title_folds(titles, 5))
    assert counts.max() < 1.05 * counts.min()


def test_positives_of_every_class_are_balanced_better_than_by_rows_alone() -> None:
    random = np.random.default_rng(3)
    titles = rows_of(random.integers(5, 50, size=100).tolist())
    codes = np.unique(titles, return_inverse=True)[1]
    rates = random.random((100, 8)) ** 6
    labels = (random.random((len(titles), 8)) < rates[codes]).astype(float)

    def spread(folds: Folds) -> float:
        positives = np.stack([labels[folds == fold].sum(axis=0) for fold in range(5)])
        return float((positives.std(axis=0) / positives.mean(axis=0)).mean())

    balanced = title_folds(titles, 5, labels)
    assert spread(balanced) < 0.5 * spread(title_folds(titles, 5))
    counts = np.bincount(balanced)
    assert counts.max() < 1.25 * counts.min()


def test_a_rare_class_is_spread_over_as_many_folds_as_it_has_titles() -> None:
    titles = rows_of([10] * 20)
    labels = np.zeros((200, 2))
    labels[[0, 30, 60, 90, 120], 0] = 1
    labels[:, 1] = np.nan
    folds = title_folds(titles, 5, labels)
    assert set(folds[labels[:, 0] > 0]) == set(range(5))


def test_there_are_no_more_folds_than_titles() -> None:
    assert set(title_folds(rows_of([3, 4, 5]), 10)) == {0, 1, 2}


def test_one_title_makes_no_folds() -> None:
    with pytest.raises(ValueError, match="found 5 and 1"):
        title_folds(["a", "a"], 5)
