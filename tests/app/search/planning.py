"""What tests of the planner share: requests to draw, catalogues at hand, all pages of an answer."""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from app.records import Hit, SearchResponse
from app.search.request import SearchRequest
from app.search.searcher import Searcher
from indexer.pipeline_sections import SearchSettings
from indexer.store.base import Store
from tests.app.search.catalogue import GENRES, TASKS, TONES, WORDS, Drawn, fake_models
from tests.app.search.slow import Slow

SEEDS = range(6)
SETTINGS = SearchSettings(
    weights={"picture": 1.0, "dialogue": 0.5}, depth=1000, line_to_picture=0.75
)
"""Deep enough to rank everything: what lies beyond the depth is the engine's choice. Three quarters
of a dot product of eighths are exact."""

quick = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

few = st.lists
scores = st.sampled_from([None, None, 0.25, 0.5, 0.75])
seconds = st.sampled_from([None, None, None, 2.0, 6.0, 15.0])

FILTERS: dict[str, st.SearchStrategy[Any]] = {
    **{f"tone{end}": few(st.sampled_from(TONES), max_size=1) for end in ("", "_all", "_none")},
    **{f"genre{end}": few(st.sampled_from(GENRES), max_size=1) for end in ("", "_all", "_none")},
    "ad_category": few(st.sampled_from(["pets", "travel"]), max_size=1),
    "ad_category_none": few(st.just("pets"), max_size=1),
    "title": few(st.sampled_from(["film 0", "film 1", "1ab3"]), max_size=2),
    "title_none": few(st.just("film 1"), max_size=1),
    "series": few(st.sampled_from(["north", "south"]), max_size=2),
    "series_none": few(st.just("north"), max_size=1),
    "season": few(st.sampled_from([1, 2]), max_size=1),
    "language": few(st.sampled_from(["en", "de"]), max_size=1),
    "min_worthiness": scores,
    "max_popularity": scores,
    "min_duration": seconds,
    "max_start": seconds,
    "has_dialogue": st.sampled_from([None, None, True, False]),
    "brightness": few(st.sampled_from(["dark", "bright"]), max_size=2),
    "colour": few(st.sampled_from(["red", "green"]), max_size=1),
    "camera": few(st.just("pan"), max_size=1),
    "people": few(st.sampled_from(["1", "3+"]), max_size=2),
    "onscreen": few(st.sampled_from(["text", "credits"]), max_size=2),
    "sound": few(st.sampled_from(["speech", "music"]), max_size=2),
    "sound_all": few(st.sampled_from(["speech", "music"]), max_size=2),
    "sound_none": few(st.just("speech"), max_size=1),
    "where": few(
        st.sampled_from(["mood=dark", "mood!=light", "risk>=0.5", "risk<=0.75"]), max_size=1
    ),
}
words = st.sampled_from(WORDS)


@st.composite
def requests(draw: st.DrawFn, /, **more: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Requests with up to three filters, and ``more`` fields."""
    chosen = draw(st.lists(st.sampled_from(sorted(FILTERS)), max_size=3, unique=True))
    fields = {name: draw(FILTERS[name]) for name in chosen}
    fields["level"] = draw(st.sampled_from(["clip", "shot"]))
    fields["limit"] = draw(st.sampled_from([1, 3, 7, 200]))
    return fields | {name: draw(each) for name, each in more.items()}


@dataclass(frozen=True)
class Planners:
    """The planner over one of several catalogues, and the slow one over the same."""

    store: Store
    drawn: list[Drawn]

    def at(self, seed: int, apart: bool = False) -> tuple[Searcher, Slow]:
        """Return both; ``apart``: pictures and lines lie in spaces of their own."""
        number = seed % len(self.drawn)
        self.store.set_current(f"drawn{number}")
        search = Searcher(self.store, fake_models(apart), SETTINGS, TASKS)
        return search, Slow(self.drawn[number], SETTINGS, apart)


def pages(search: Searcher, fields: dict[str, Any]) -> list[SearchResponse]:
    """Return all pages of an answer."""
    answers = [search.run(SearchRequest(**fields))]
    while answers[-1].next_cursor:
        assert len(answers) < 500
        answers.append(search.run(SearchRequest(**fields, cursor=answers[-1].next_cursor)))
    return answers


def all_hits(search: Searcher, fields: dict[str, Any]) -> list[Hit]:
    return [hit for page in pages(search, fields) for hit in page.hits]
