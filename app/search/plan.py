"""The plan of a search: all that is to be done, settled before any of it is.

``Searcher.plan`` makes it from a request. ``execute`` runs its routes, ``combine`` fuses what they
find, and ``present`` makes the answer; none of them reads the request.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

from qdrant_client import models

from app.records import Preference
from app.search.conditions import FilterSet
from app.search.cursor import Position
from app.search.request import Level, Order, RouteName, SearchRequest
from app.search.similarity import Vector
from app.search.worth import Percentiles
from indexer.pipeline_sections import SearchSettings

Combination = Literal["one", "then", "also"]


@dataclass(frozen=True, eq=False)
class Route:
    """One way of finding shots: the nearest by a named vector.

    Args:
        name: as hits give it.
        using: the named vector of the store.
        vectors: what is looked for; of several, the nearest counts for each hit.
        weight: in the fusion.
        min_score: nothing below it is found.
        min_share: of the best picture's score; it replaces ``min_score`` where one vector looks
            for pictures and for lines, as no fixed score tells a spoken thing from a seen one.
        floor: the score of what has nothing to do with the query; otherwise ``min_score``.
        needs_line: it runs only if an earlier route found a line.
        condition: what shots must be beside the filters.
        said: the words of a preference.
    """

    name: RouteName
    using: str
    vectors: tuple[list[float] | models.SparseVector, ...]
    weight: float
    min_score: float | None = None
    min_share: float | None = None
    floor: float | None = None
    needs_line: bool = False
    condition: models.Filter | None = None
    said: str = ""


@dataclass(frozen=True, eq=False)
class AwayFrom:
    """Hits of the other routes are also ranked by their distance from a vector [d].

    ``using`` is the named vector of the store that it is compared with.
    """

    using: str
    vector: Vector
    weight: float


@dataclass(frozen=True, eq=False)
class Query:
    """What is looked for at once, by one or more routes.

    Args:
        text: its words, to be marked in lines.
        routes: in the order they run.
        preferences: what its words prefer; each is also a route.
        only_preferences: the words say nothing else.
        phrases: what hits must say, word for word.
        away_from: negative examples, where there are only those.
    """

    text: str
    routes: tuple[Route, ...]
    preferences: tuple[Preference, ...] = ()
    only_preferences: bool = False
    phrases: tuple[str, ...] = ()
    away_from: AwayFrom | None = None


@dataclass(frozen=True)
class Presentation:
    """How the answer is arranged and paged.

    Args:
        order: what comes first.
        diverse: hits that differ from those before come first.
        merge: hits that touch become one moment.
        by_title: the hits of a title come together.
        limit: hits of a page, or titles.
        position: where the page begins, as the cursor says; None for the first page.
        fingerprint: what cursors of this search hold, see ``cursor``.
    """

    order: Order
    diverse: bool
    merge: bool
    by_title: bool
    limit: int
    position: Position | None
    fingerprint: str


@dataclass(frozen=True, eq=False)
class SearchPlan:
    """A search, ready to run.

    Args:
        echo: the request, as the answer repeats it.
        pair: the pair of collections that is searched.
        shots: the one of shots, by which hits are found.
        clips: the one of clips.
        level: of the hits.
        filters: what hits must be.
        queries: what is looked for; none lists what the filters leave.
        combination: how two queries make a hit: one follows the other within ``within`` seconds,
            shot by shot, or both hold for it.
        example_ids: clips, shots and titles that are not found again.
        keep_tail: weak matches stay.
        presentation: how the answer is arranged.
        percentiles: of clip-worthiness, among all points of the level.
        sought: the same for all searches whose queries are, as long as the index is as it was; None
            where nobody knows, as with a picture that was sent.
        settings: weights and limits; routes that the pair does not fit weigh nothing.
        notice: what to say of the pair.
    """

    echo: SearchRequest
    pair: str
    shots: str
    clips: str
    level: Level
    filters: FilterSet
    queries: tuple[Query, ...]
    combination: Combination
    within: float
    example_ids: tuple[str, ...]
    keep_tail: bool
    presentation: Presentation
    percentiles: Percentiles
    sought: Hashable
    settings: SearchSettings
    notice: str

    @property
    def collection(self) -> str:
        """The collection that hits come from."""
        return self.shots if self.level == "shot" else self.clips
