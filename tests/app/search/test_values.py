"""Values of filters: what people may write for them, and what is refused."""

from typing import Any

import pytest

from app.search.request import RequestError, SearchRequest
from app.search.searcher import Searcher
from probes.tasks import known_tasks
from tests.app.search.catalogue import TASKS, fake_models
from tests.app.search.planning import SETTINGS, Planners

SEED = 0


@pytest.fixture
def searcher(planners: Planners) -> Searcher:
    planners.at(SEED)
    return Searcher(planners.store, fake_models(), SETTINGS, {**known_tasks(), **TASKS})


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ({"tone": ["funny"]}, {"tone": ["comic"]}),
        ({"tone": ["Happy", "joyful"]}, {"tone": ["joyful"]}),
        ({"tone_none": ["Awe Inspiring"]}, {"tone_none": ["awe-inspiring"]}),
        ({"tone_all": ["sad, calm"]}, {"tone_all": ["sad", "calm"]}),
        ({"genre": ["Science Fiction"]}, {"genre": ["sci-fi"]}),
        ({"ad_category": ["422"]}, {"ad_category": ["pets"]}),
        ({"ad_category": ["Books and Literature"]}, {"ad_category": ["books-and-literature"]}),
        ({"title": ["FILM 0"]}, {"title": ["film 0"]}),
        ({"title_none": ["0ab0"]}, {"title_none": ["0ab0"]}),
        ({"series": ["South, SOUTH"]}, {"series": ["south"]}),
        ({"season": [1]}, {"season": [1]}),
        ({"where": ["mood=dark"]}, {"where": ["mood=dark"]}),
    ],
    ids=str,
)
def test_values_get_the_names_that_points_have(
    searcher: Searcher, given: dict[str, Any], settled: dict[str, Any]
) -> None:
    request = searcher.settled(SearchRequest.model_validate(given))
    assert request.model_dump(include=set(settled)) == settled
    assert searcher.settled(request) == request


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"tone": ["happpy"]}, "tone", "there is no 'happpy'; did you mean 'joyful'?"),
        ({"tone_none": ["sad", "zzz"]}, "tone_none", "there is no 'zzz'"),
        ({"tone": ["sad,zzz"]}, "tone", "there is no 'zzz'"),
        ({"genre": ["dramma"]}, "genre", "did you mean 'drama'?"),
        ({"ad_category": ["99999"]}, "ad_category", "there is no '99999'"),
        ({"title": ["film 00"]}, "title", "did you mean 'film 0'?"),
        ({"series": ["west"]}, "series", "there is no 'west'"),
        ({"language": ["xx"]}, "language", "there is no 'xx'"),
        ({"season": [77]}, "season", "there is no 77"),
        ({"where": ["mood=drak"]}, "where", "no class 'drak'; did you mean 'dark'?"),
        ({"min_worthiness": 0.8, "max_worthiness": 0.2}, "min_worthiness", "0.8 is above"),
        ({"min_start": 60, "max_start": 5}, "min_start", "60 is above max_start, 5"),
    ],
    ids=str,
)
def test_what_is_not_there_is_refused_with_the_nearest(
    searcher: Searcher, given: dict[str, Any], field: str, told: str
) -> None:
    with pytest.raises(RequestError) as refused:
        searcher.settled(SearchRequest.model_validate(given))
    assert refused.value.field == field
    assert told in str(refused.value)
