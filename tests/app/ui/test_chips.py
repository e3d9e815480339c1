"""Every filter in force has a chip, and only its chip takes it away."""

from typing import Any

import pytest

from app.search.request import SearchRequest
from app.ui.parts.chips import chips_of, without
from tests.app.search.fields import SAMPLES

NO_FILTER = {
    *("q", "without", "then", "within", "also", "still", "clip"),
    *("order", "tail", "group", "merge", "diverse", "level", "limit", "cursor"),
}
PLAIN = SearchRequest(q="a street")


@pytest.mark.parametrize("field", sorted(SAMPLES.keys() - NO_FILTER))
def test_a_filter_has_a_chip_that_takes_it_away(field: str) -> None:
    request = PLAIN.model_copy(update={field: SAMPLES[field]})
    (chip,) = chips_of(request, {})
    assert without(request, chip) == PLAIN


@pytest.mark.parametrize(
    ("fields", "labels"),
    [
        ({"tone": ["sad", "calm", "sad"]}, ["tone: sad", "tone: calm"]),
        ({"tone_none": ["sad"], "season": [2]}, ["tone none: sad", "season: 2"]),
        ({"min_worthiness": 0.25, "max_duration": 8.0}, ["clip-worthiness ≥ 0.25", "seconds ≤ 8"]),
        ({"min_popularity": 0.5, "max_start": 60.0}, ["popularity ≥ 0.5", "start ≤ 60"]),
        ({"has_dialogue": False, "title": ["0ab"]}, ["title: A film", "without dialogue"]),
    ],
)
def test_a_chip_says_what_is_filtered(fields: dict[str, Any], labels: list[str]) -> None:
    chips = chips_of(SearchRequest(**fields), {"0ab": "A film"})
    assert [each.label.replace("\\", "") for each in chips] == labels
