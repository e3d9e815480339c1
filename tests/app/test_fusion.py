from hypothesis import given
from hypothesis import strategies as st
from qdrant_client import models

from app.fusion import Ranked, cut_tail, fuse_ranks


def points(*ids: str, scores: list[float] | None = None) -> list[models.ScoredPoint]:
    values = scores or [1.0 - i / 100 for i in range(len(ids))]
    return [
        models.ScoredPoint(id=identity, version=0, score=value)
        for identity, value in zip(ids, values, strict=True)
    ]


def test_first_on_every_route_scores_one() -> None:
    routes = {"a": Ranked(1.0, points("x", "y")), "b": Ranked(2.0, points("x"))}
    (first, score), *_ = fuse_ranks(routes, 60)
    assert first == "x"
    assert score == 1.0


@given(
    st.dictionaries(
        st.sampled_from("pqr"),
        st.tuples(st.floats(0.1, 3), st.permutations("abcdef").map(lambda ids: ids[:4])),
        min_size=1,
    ),
    st.integers(1, 100),
)
def test_the_fused_order_is_that_of_the_written_sum(
    drawn: dict[str, tuple[float, list[str]]], k: int
) -> None:
    routes = {name: Ranked(weight, points(*ids)) for name, (weight, ids) in drawn.items()}
    fused = dict(fuse_ranks(routes, k))
    assert list(fused.values()) == sorted(fused.values(), reverse=True)
    best = sum(weight for weight, _ in drawn.values()) / (k + 1)
    for identity, score in fused.items():
        wanted = sum(
            weight / (k + 1 + ids.index(identity))
            for weight, ids in drawn.values()
            if identity in ids
        )
        assert abs(score - wanted / best) < 1e-9


def test_the_cut_drops_the_tail_by_the_spread_of_this_query() -> None:
    found = points("a", "b", "c", "d", scores=[0.9, 0.8, 0.3, 0.1])
    assert [point.id for point in cut_tail(found, 0.5)] == ["a", "b"]
    assert [point.id for point in cut_tail(found, 0.0)] == ["a", "b", "c", "d"]


def test_equal_scores_are_all_kept() -> None:
    assert len(cut_tail(points("a", "b", scores=[0.5, 0.5]), 0.9)) == 2
    assert cut_tail([], 0.5) == []
