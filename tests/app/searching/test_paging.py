"""Pages, orders, titles and moments against a slow and obvious planner."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.results import SearchRequest
from app.searching.errors import RequestError
from tests.app.searching.planning import SEEDS, Planners, all_hits, pages, quick, requests


@quick
@given(
    seed=st.sampled_from(SEEDS),
    fields=requests(order=st.sampled_from(["relevance", "clip-worthiness", "popularity", "time"])),
)
def test_filters_orders_and_pages(planners: Planners, seed: int, fields: dict[str, Any]) -> None:
    search, slow = planners.at(seed)
    answers = pages(search, fields)
    expected = slow.ordered(SearchRequest(**fields))
    assert [hit.id for page in answers for hit in page.hits] == expected
    assert {page.found for page in answers} == {len(expected)}
    assert all(len(page.hits) == fields["limit"] for page in answers[:-1])


@quick
@given(seed=st.sampled_from(SEEDS), fields=requests(q=st.sampled_from(["", "river"])))
def test_by_title(planners: Planners, seed: int, fields: dict[str, Any]) -> None:
    search, _ = planners.at(seed)
    plain = all_hits(search, fields)
    titles: dict[str, list[str]] = {}
    for hit in plain:
        titles.setdefault(hit.title_id, []).append(hit.id)
    answers = pages(search, fields | {"group": "title"})
    groups = [group for page in answers for group in page.groups]
    assert {g.title_id: (g.count, g.hits) for g in groups} == {
        title: (len(ids), ids[:5]) for title, ids in titles.items()
    }
    assert [group.title_id for group in groups] == list(titles)
    shown = [hit.id for page in answers for hit in page.hits]
    assert shown == [each for group in groups for each in group.hits]


@quick
@given(seed=st.sampled_from(SEEDS), fields=requests(q=st.sampled_from(["", "river"])))
def test_joined_moments(planners: Planners, seed: int, fields: dict[str, Any]) -> None:
    search, _ = planners.at(seed)
    plain = {hit.id: hit for hit in all_hits(search, fields)}
    moments = all_hits(search, fields | {"merge": True})
    inside = [
        [plain[part.id] for part in moment.parts] if moment.parts else [plain[moment.id]]
        for moment in moments
    ]
    assert sorted(hit.id for own in inside for hit in own) == sorted(plain)
    for moment, own in zip(moments, inside, strict=True):
        assert moment.start_frame == own[0].start_frame
        assert moment.end_frame == own[-1].end_frame
        assert all(a.end_frame == b.start_frame for a, b in pairwise(own))
        assert moment.score == max(hit.score for hit in own)
        assert len(own) == 1 or moment.end_seconds - moment.start_seconds <= 60


def test_a_cursor_of_another_search_is_refused(planners: Planners) -> None:
    search, _ = planners.at(0)
    cursor = search.run(SearchRequest(limit=1)).next_cursor
    assert cursor
    for wrong in ({"tone": ["sad"]}, {"order": "time"}, {"q": "snow"}, {"level": "shot"}):
        with pytest.raises(RequestError, match="cursor"):
            search.run(SearchRequest(cursor=cursor, **wrong))
    for garbage in ("", "abc", "é", "W10", "bnVsbA", cursor[:-6]):
        with pytest.raises(RequestError, match="cursor"):
            search.run(SearchRequest(cursor=garbage))
    # The size of a page may change on the way.
    assert search.run(SearchRequest(cursor=cursor, limit=5)).hits


def test_neighbours_are_those_beside_it(planners: Planners) -> None:
    search, slow = planners.at(0)
    own = [each for each in slow.shots if each.payload["title_id"] == "0ab0"]
    ids = [each.id for each in own]
    around = search.neighbours(ids[1], before=3, after=2)
    assert [hit.id for hit in around.before] == ids[:1]
    assert around.hit.id == ids[1]
    assert [hit.id for hit in around.after] == ids[2:4]
    with pytest.raises(RequestError, match="search again"):
        search.neighbours("5b1c8a52-0000-5000-8000-000000000000")
