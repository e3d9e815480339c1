from hypothesis import given
from hypothesis import strategies as st

from app.search.combine import fuse_ranks
from app.search.execute import RankedList
from app.search.nearest import Match
from app.search.scale import Scale

SCALE = Scale(None, 0.0, 1.0)


def ranked(weight: float, *ids: str) -> RankedList:
    return RankedList("picture", weight, [Match(identity, 1.0) for identity in ids], SCALE)


def test_first_on_every_route_scores_one() -> None:
    scores = fuse_ranks([ranked(1.0, "x", "y"), ranked(2.0, "x")], 60)
    assert next(iter(scores.items())) == ("x", 1.0)


def test_equal_scores_are_in_order_of_id() -> None:
    assert list(fuse_ranks([ranked(1.0, "b"), ranked(1.0, "a")], 60)) == ["a", "b"]


def test_nothing_found_is_nothing() -> None:
    assert fuse_ranks([ranked(1.0)], 60) == {}


@given(
    st.lists(
        st.tuples(st.floats(0.1, 3), st.permutations("abcdef").map(lambda ids: ids[:4])),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 100),
)
def test_a_score_is_the_written_sum(drawn: list[tuple[float, list[str]]], k: int) -> None:
    scores = fuse_ranks([ranked(weight, *ids) for weight, ids in drawn], k)
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    best = sum(weight for weight, _ in drawn) / (k + 1)
    for identity, score in scores.items():
        wanted = sum(
            weight / (k + 1 + ids.index(identity)) for weight, ids in drawn if identity in ids
        )
        assert abs(score - wanted / best) < 1e-9
