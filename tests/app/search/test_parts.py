"""Every part of a search has a chip, and only its chip takes it away."""

from typing import Any

import pytest

from app.search.parts import parts_of, without
from app.search.request import SearchRequest
from tests.app.search.fields import SAMPLES

SEEN_ELSEWHERE = {
    *("q", "still", "clip"),  # in the search box and under it
    *("order", "level", "cursor"),  # with controls of their own
}
PLAIN = SearchRequest(q="a street")


@pytest.mark.parametrize("field", sorted(SAMPLES.keys() - SEEN_ELSEWHERE))
def test_a_part_has_a_chip_that_takes_it_away(field: str) -> None:
    request = PLAIN.model_copy(update={field: SAMPLES[field]})
    (chip,) = parts_of(request)
    assert without(request, chip) == PLAIN


@pytest.mark.parametrize(
    ("fields", "labels"),
    [
        ({"tone": ["sad", "calm", "sad"]}, ["tone: sad", "tone: calm"]),
        ({"tone_none": ["sad"], "season": [2]}, ["tone none: sad", "season: 2"]),
        ({"min_worthiness": 0.25, "max_duration": 8.0}, ["clip-worthiness ≥ 25%", "seconds ≤ 8"]),
        ({"min_popularity": 0.5, "max_start": 60.0}, ["popularity ≥ 50%", "start ≤ 60"]),
        ({"q": "rabbit", "then": "butterfly", "within": 9.5}, ["then “butterfly”", "within 9.5 s"]),
        ({"tail": "keep", "limit": 7}, ["with weak matches", "7 on a page"]),
        ({"has_dialogue": False, "title": ["0ab"]}, ["title: A film", "without dialogue"]),
    ],
)
def test_a_chip_says_what_is_filtered(fields: dict[str, Any], labels: list[str]) -> None:
    chips = parts_of(SearchRequest(**fields), {"0ab": "A film"})
    assert [each.label for each in chips] == labels
