"""Searches one index: plans a request, executes the plan, and combines and presents the results."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial

from app.records import Facets, Neighbours, SearchResponse
from app.search.combine import Ranking, combine
from app.search.compatibility import check_filters, compatible_settings, notice_of
from app.search.conditions import Tasks, compile_filters
from app.search.cursor import BY_RANK, BY_SCORE, IN_TIME, Position, fingerprint, read_cursor
from app.search.encode import QueryEncoder
from app.search.examples import NO_EXAMPLES, Examples
from app.search.execute import execute
from app.search.facets import count_facets
from app.search.listing import list_page, pool
from app.search.neighbours import neighbours_of
from app.search.people import NOBODY, People
from app.search.plan import Combination, Presentation, Query, SearchPlan
from app.search.present import present, present_listing
from app.search.request import SearchRequest, Sought
from app.search.scale import RecentScales
from app.search.values import Values, check_bounds
from app.search.worth import Percentiles, Worth
from indexer.models import Models
from indexer.pipeline_sections import SearchSettings
from indexer.store.base import Store
from indexer.store.names import pair
from indexer.versions import searched_pair

Answer = tuple[SearchResponse, Callable[[], Facets]]
"""A page of hits, and what counts the facets beside it."""

NO_FILES = {"still": None, "clip": None}
"""Fields of the request that the answer does not repeat: they are large."""

SOUGHT = {*Sought.model_fields, "level"}
"""Fields of the request that the queries follow from."""


@dataclass(frozen=True, eq=False)
class Searcher:
    """Searches the current pair of collections of a store. Thread-safe.

    Args:
        store: where points are.
        models: the networks that embed what is looked for.
        settings: weights of the routes, and the rest.
        tasks: those that ``where`` may name and that facets count.
        people: whom ``person`` may name, and whom facets count.
        worth: the percentiles of clip-worthiness that it knows.
        scales: what the scores of searches before were worth.
        pair: of collections to search; without one, that which search reads when it is asked.
    """

    store: Store
    models: Models
    settings: SearchSettings
    tasks: Tasks = field(default_factory=dict)
    pair: str | None = None
    people: People = NOBODY
    worth: Worth = field(default_factory=Worth)
    scales: RecentScales = field(default_factory=RecentScales)

    def run(self, request: SearchRequest, examples: Examples = NO_EXAMPLES) -> SearchResponse:
        """Return a page of hits; see ``answer``."""
        response, _ = self.answer(request, examples)
        return response

    def answer(self, request: SearchRequest, examples: Examples = NO_EXAMPLES) -> Answer:
        """Return a page of hits; without words or examples, a listing, the most clip-worthy first.

        The time it reports is that of the search, without loading networks before the first one.
        With it comes what counts the facets of the same search, which does not search again.

        Args:
            request: the search.
            examples: the image or clip in it, read; a request with one is refused without this.

        Raises:
            RequestError: a field is invalid here, such as the cursor of another search.
        """
        if request.q.strip():
            self.models.load_for_queries()
        began = time.perf_counter()
        name = self.pair or searched_pair(self.store)
        if name is None:
            echo = request.model_copy(update=NO_FILES)
            return SearchResponse(query=echo, took_ms=0.0, hits=[]), _no_facets
        plan = self.plan(request, name, examples)
        ranking = self._ranking(plan)
        answer = self._present(plan, ranking)
        took = round((time.perf_counter() - began) * 1000, 1)
        facets = partial(count_facets, plan, self.tasks, self.store, ranking, self.people)
        return answer.model_copy(update={"took_ms": took}), facets

    def settled(self, request: SearchRequest) -> SearchRequest:
        """Return a request whose filters have the names that the index has; see ``Values``.

        Raises:
            RequestError: a value is not there, or no value can pass.
        """
        check_bounds(request)
        name = self.pair or searched_pair(self.store)
        if name is None:
            return request
        return Values(self.store, pair(name)[1], self.tasks).settle(request)

    def facets(self, request: SearchRequest, examples: Examples = NO_EXAMPLES) -> Facets:
        """Count the values beside each filter; a filter does not narrow its own counts."""
        name = self.pair or searched_pair(self.store)
        if name is None:
            return _no_facets()
        if request.q.strip():
            self.models.load_for_queries()
        bare = request.model_copy(update={"cursor": None})
        plan = self.plan(bare, name, examples)
        return count_facets(plan, self.tasks, self.store, self._ranking(plan), self.people)

    def plan(
        self, request: SearchRequest, name: str, examples: Examples = NO_EXAMPLES
    ) -> SearchPlan:
        """Return the plan of a request over the pair ``name``.

        Raises:
            RequestError: a field makes no sense here.
        """
        shots, clips = pair(name)
        combination: Combination = "also" if request.also.strip() else "one"
        if request.then.strip():
            combination = "then"
        presentation = _presentation(request, name)
        percentiles = self.worth.percentiles(
            self.store, shots if request.level == "shot" else clips
        )
        filters = compile_filters(request, request.level, self.tasks, percentiles, self.people)
        check_filters(name, filters.fields)
        settings, queries = self.settings, tuple[Query, ...]()
        if request.seeks:
            settings = compatible_settings(settings, name, request)
            encoder = QueryEncoder(self.store, name, self.models, settings, examples)
            queries = encoder.queries(request)
        return SearchPlan(
            echo=request.model_copy(update=NO_FILES),
            pair=name,
            shots=shots,
            clips=clips,
            level=request.level,
            filters=filters,
            queries=queries,
            combination=combination,
            within=request.within,
            example_ids=(*request.positive_ids, *request.negative_ids),
            keep_tail=request.tail == "keep",
            presentation=presentation,
            percentiles=percentiles,
            sought=_sought(request, name, settings, percentiles),
            settings=settings,
            notice=notice_of(name),
        )

    def neighbours(self, point_id: str, before: int = 3, after: int = 3) -> Neighbours:
        """Return the shots or clips around one in its title, in order of time.

        Raises:
            RequestError: there is no such shot or clip.
        """
        name = self.pair or searched_pair(self.store)
        return neighbours_of(self.store, name, point_id, before, after, self.worth)

    def _ranking(self, plan: SearchPlan) -> Ranking | None:
        """Return what the queries of a plan find; None where it has none."""
        if not plan.queries:
            return None
        if plan.sought is None:
            return combine(plan, execute(plan, self.store))
        ranking = combine(plan, execute(plan, self.store, self.scales.of(plan.sought)))
        self.scales.remember(plan.sought, ranking.scales)
        return ranking

    def _present(self, plan: SearchPlan, ranking: Ranking | None) -> SearchResponse:
        show = plan.presentation
        if ranking is not None:
            return present(plan, ranking, self.store)
        if show.merge or show.diverse or show.by_title:
            return present(plan, pool(plan, self.store), self.store)
        return present_listing(plan, list_page(plan, self.store))


def _no_facets() -> Facets:
    return Facets(tone=[], genre=[], ad_category=[], title=[])


def _sought(
    request: SearchRequest, name: str, settings: SearchSettings, percentiles: Percentiles
) -> Hashable:
    """Return ``SearchPlan.sought``; percentiles are read anew when the index has changed."""
    if request.still or request.clip:
        return None
    return name, request.model_dump_json(include=SOUGHT), settings.model_dump_json(), percentiles


def _presentation(request: SearchRequest, name: str) -> Presentation:
    """Return the arrangement of the answer, from the cursor's position."""
    search = fingerprint(request, name)
    by_title = request.group == "title"
    position: Position | None
    if request.seeks or request.merge or request.diverse or by_title:
        position = read_cursor(request.cursor, search, BY_RANK)
    elif request.order == "time":
        position = read_cursor(request.cursor, search, IN_TIME)
    else:
        position = read_cursor(request.cursor, search, BY_SCORE)
    return Presentation(
        order=request.order,
        diverse=request.diverse,
        merge=request.merge,
        by_title=by_title,
        limit=request.limit,
        position=position,
        fingerprint=search,
    )
