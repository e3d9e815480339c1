import numpy as np
import pytest
from numpy.typing import NDArray

from probes.suggestions import suggest, uncertainty
from probes.tasks import ScoreKind, TaskKind

Items = tuple[NDArray[np.float32], list[str]]


@pytest.fixture
def items() -> Items:
    """Twelve titles of ten items in three dense heaps, far apart."""
    rng = np.random.default_rng(0)
    heaps = np.eye(3)[rng.integers(0, 3, 120)] * 20
    rows = (heaps + rng.standard_normal((120, 3))).astype(np.float32)
    return rows, [f"title {number // 10}" for number in range(120)]


def none(count: int = 120) -> NDArray[np.bool_]:
    return np.zeros(count, dtype=bool)


def heaps_of(rows: NDArray[np.float32], chosen: list[int]) -> set[int]:
    return set(rows[chosen].argmax(axis=1).tolist())


def test_what_is_in_doubt_is_asked_for_and_in_every_heap(items: Items) -> None:
    rows, titles = items
    scores = np.full((120, 1), 0.01)
    doubtful = np.arange(0, 120, 4)
    scores[doubtful] = 0.4
    found = [each.row for each in suggest("binary", rows, titles, none(), 3, scores=scores)]
    assert set(found) <= set(doubtful.tolist())
    assert heaps_of(rows, found) == {0, 1, 2}


def test_doubt_alone_would_ask_for_one_heap(items: Items) -> None:
    """The same scores, ever so little higher in one heap: diversity still visits all."""
    rows, titles = items
    scores = np.where(rows.argmax(axis=1) == 0, 0.5, 0.45)[:, None]
    alone = np.argsort(-uncertainty(scores)[:, 0], kind="stable")[:6].tolist()
    assert heaps_of(rows, alone) == {0}
    found = [each.row for each in suggest("binary", rows, titles, none(), 6, scores=scores)]
    assert heaps_of(rows, found) == {0, 1, 2}


@pytest.mark.parametrize("score_kind", ["trained", "zero-shot"])
@pytest.mark.parametrize("kind", ["multi-label", "binary", "ranking"])
def test_nothing_labelled_is_asked_for_again_until_all_is(
    items: Items, kind: TaskKind, score_kind: ScoreKind
) -> None:
    rows, titles = items
    scores = np.random.default_rng(1).random((120, 1 if kind != "multi-label" else 5))
    labelled = none()
    while not labelled.all():
        found = suggest(kind, rows, titles, labelled, 17, scores=scores, score_kind=score_kind)
        chosen = [each.row for each in found]
        # A clip alone in its title is not ranked.
        least = min(17, (~labelled).sum()) - (kind == "ranking")
        assert len(set(chosen)) == len(chosen) >= least
        assert not labelled[chosen].any()
        labelled[chosen] = True
    assert suggest("binary", rows, titles, labelled, 17) == []


def test_no_title_comes_twice_while_another_has_not_come(items: Items) -> None:
    rows, titles = items
    scores = np.where([title == "title 3" for title in titles], 0.5, 0.3)[:, None]
    for given in (None, scores):
        found = suggest("binary", rows, titles, none(), 12, scores=given)
        assert len({titles[each.row] for each in found}) == 12


def test_the_same_question_has_the_same_answer(items: Items) -> None:
    rows, titles = items
    scores = np.random.default_rng(1).random((120, 4))
    first = suggest("multi-label", rows, titles, none(), 20, scores=scores)
    assert first == suggest("multi-label", rows, titles, none(), 20, scores=scores.copy())


def test_an_item_is_asked_for_its_most_doubtful_classes(items: Items) -> None:
    rows, titles = items
    scores = np.tile([0.01, np.nan, 0.45, 0.99, 0.3, 0.2], (120, 1))
    (found,) = suggest("multi-label", rows, titles, none(), 1, scores=scores)
    assert found.classes == (2, 4, 5)
    (found,) = suggest("multi-label", rows, titles, none(), 1)
    assert found.classes == ()


def test_a_cold_start_begins_with_likely_positives_of_every_class(items: Items) -> None:
    rows, titles = items
    scores = np.random.default_rng(2).random((120, 3)) * 0.1
    best = [7, 45, 83]
    scores[best, [0, 1, 2]] = 0.9
    found = suggest("multi-label", rows, titles, none(), 6, scores=scores, score_kind="zero-shot")
    assert [each.row for each in found[:3]] == best
    assert len({titles[each.row] for each in found}) == 6


def test_a_ranking_is_asked_for_by_title_from_low_to_high(items: Items) -> None:
    rows, titles = items
    scores = np.arange(120.0)[:, None] % 10 / 10
    labelled = none()
    labelled[:10] = True
    found = [each.row for each in suggest("ranking", rows, titles, labelled, 8, scores=scores)]
    names = [titles[row] for row in found]
    assert names == ["title 1"] * 4 + ["title 10"] * 4
    assert scores[found[:4], 0].tolist() == [0.0, 0.3, 0.6, 0.9]


def test_degenerate_items_are_served(items: Items) -> None:
    rows, titles = items
    same = np.zeros_like(rows)
    assert len(suggest("binary", same, titles, none(), 200)) == 120
    unknown = np.full((120, 2), np.nan)
    assert len(suggest("multi-label", same, ["one"] * 120, none(), 5, scores=unknown)) == 5
    assert suggest("binary", rows, titles, none(), 0) == []
    with pytest.raises(ValueError, match="do not fit 120 items"):
        suggest("binary", rows[:3], titles, none(), 2)
