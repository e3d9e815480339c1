"""Pages, orders, titles and moments against a slow and obvious planner."""

import base64
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.cursor import fingerprint, write_cursor
from app.search.request import RequestError, SearchRequest
from tests.app.search.planning import SEEDS, Planners, all_hits, pages, quick, requests


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


POINT = "5b1c8a52-0000-5000-8000-000000000000"
CRAFTED = [
    *("[]", "[-1]", "[1.5]", "[true]", f"[1{'0' * 400}]", '["0"]', "null", "{}", "[[0]]"),
    *("[" * 700, "[" * 300 + "]" * 300, '[0, 0.5, "no-id"]', f'[0, NaN, "{POINT}"]'),
    *(f'[0, Infinity, "{POINT}"]', f'[0, 1e999, "{POINT}"]', f'[0, 1{"0" * 400}, "{POINT}"]'),
    *(f'[0, "0.5", "{POINT}"]', f'[0, 0.5, "{POINT.upper()}"]', f'[0, 0.5, "{{{POINT}}}"]'),
    *(f'[0, 0.5, "{POINT}", 0]', "[0, 0.5, 7]", "[0, 0.5, null]", "[0, 0.5]"),
    *('[0, "film 0", "0ab0", 1e99]', '[0, "film 0", "0ab0", NaN]', '[0, "film 0", "0ab0", -1]'),
    *(f'[0, "film 0", "0ab0", 1{"0" * 400}]', '[0, "\\ud800", "0ab0", 0]', '[0, 7, "0ab0", 0]'),
    *('[0, "film 0", null, 0]', '[0, "film 0", "0ab0", true]'),
]


@pytest.mark.parametrize("position", CRAFTED)
@pytest.mark.parametrize("fields", [{}, {"order": "time"}, {"q": "snow"}, {"group": "title"}])
def test_a_crafted_cursor_is_refused(
    planners: Planners, position: str, fields: dict[str, Any]
) -> None:
    """What makes a cursor one of this search is no secret, so its position may hold anything."""
    search, _ = planners.at(0)
    request = SearchRequest(limit=1, **fields)
    own = search.run(request).next_cursor
    assert own
    content = base64.urlsafe_b64decode(own + "=" * (-len(own) % 4)).decode()
    crafted = f"{content[: content.index(',')]},{position}]"
    cursor = base64.urlsafe_b64encode(crafted.encode()).decode()
    with pytest.raises(RequestError, match="cursor"):
        search.run(request.model_copy(update={"cursor": cursor}))


def test_a_cursor_may_lead_to_a_point_that_is_not_there(planners: Planners) -> None:
    search, _ = planners.at(0)
    name = planners.store.current()
    assert name
    for request, position in (
        (SearchRequest(), [10**9, 1e300, POINT]),
        (SearchRequest(), [0, -1e300, POINT]),
        (SearchRequest(order="time"), [0, "film 0", "0ab0", 10**12]),
        (SearchRequest(order="time"), [0, "ü" * 500, "0ab0", 0]),
        (SearchRequest(q="snow"), [10**9]),
    ):
        cursor = write_cursor(fingerprint(request, name), position)
        search.run(SearchRequest(**dict(request) | {"cursor": cursor}))


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
