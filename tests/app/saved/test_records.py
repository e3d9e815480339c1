"""A search in a line."""

import pytest

from app.saved.records import describe
from app.search.request import SearchRequest


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (SearchRequest(), ""),
        (SearchRequest(q="robots fighting"), "robots fighting"),
        (
            SearchRequest(q="music", tone=["sad", "calm"], min_worthiness=0.5),
            "music · tone: sad, calm · clip-worthiness ≥ 50%",
        ),
        (
            SearchRequest(still="/9j/4AAQ", has_dialogue=False, level="shot", limit=48),
            "similar to an image · without dialogue · shots",
        ),
        (SearchRequest(q="a", then="b", order="time"), "a · then “b” · by time"),
    ],
)
def test_a_search_is_described_by_what_is_not_as_usual(request_: SearchRequest, line: str) -> None:
    assert describe(request_) == line
