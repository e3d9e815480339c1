import numpy as np
import pytest

from probes.evaluation.examples import class_examples, ranking_examples, title_ranks
from probes.evaluation.records import Example


def rows(examples: tuple[Example, ...]) -> list[int]:
    return [each.row for each in examples]


def test_the_clearest_of_each_sort_one_title_before_a_second_of_any() -> None:
    labels = np.array([1.0, 1, 1, 0, 0, 1, 1, 1, 0, np.nan])
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.95])
    titles = ["a", "a", "b", "b", "b", "c", "c", "d", "d", "d"]
    found = class_examples(labels, scores, scores, titles, np.arange(100, 110))
    assert rows(found.found) == [100, 102, 105, 107]
    assert rows(found.mistaken) == [103, 108, 104]
    assert rows(found.missed) == [106, 101]
    assert found.found[0] == Example(100, 0.9, 1.0)


def test_the_highest_come_first_when_titles_run_out() -> None:
    scores = np.linspace(1, 0, 12)
    found = class_examples(np.ones(12), scores, scores, ["a"] * 12, np.arange(12))
    assert rows(found.found) == [0, 1, 2, 3]
    assert rows(found.missed) == [11, 10, 9, 8]
    assert found.mistaken == ()


def test_a_ranking_is_judged_within_its_title() -> None:
    views = np.array([1.0, 2, 3, 4, 100, 200, 300, 400])
    order = np.array([4.0, 2, 3, 1, 1, 2, 3, 4])
    found = ranking_examples(views, order, order, ["a"] * 4 + ["b"] * 4, np.arange(8))
    assert rows(found.found)[0] == 7
    assert rows(found.mistaken) == [0]
    assert rows(found.missed) == [3]


def test_ranks_are_within_the_title_and_share_ties() -> None:
    values = np.array([10.0, 30, 20, 5, 5, 7])
    ranks = title_ranks(values, np.array(["a", "a", "a", "b", "b", "c"]))
    assert ranks == pytest.approx([-1 / 3, 1 / 3, 0, 0, 0, 0])
