"""Searching one index: a request becomes a plan, which is executed, combined and presented."""

import time
from collections.abc import Iterator

from app.records import Facets, Neighbours, SearchResponse
from app.search.combine import combine
from app.search.compatibility import compatible_settings, notice_of
from app.search.conditions import Tasks, compile_filters
from app.search.cursor import BY_RANK, BY_SCORE, IN_TIME, Position, fingerprint, read_cursor
from app.search.encode import QueryEncoder
from app.search.examples import NO_EXAMPLES, Examples
from app.search.execute import execute
from app.search.facets import count_facets
from app.search.listing import list_page, pool
from app.search.neighbours import neighbours_of
from app.search.plan import Combination, Presentation, Query, SearchPlan
from app.search.present import present, present_listing
from app.search.request import SearchRequest
from indexer.models import Models
from indexer.settings import SearchSettings
from indexer.store.base import Store
from indexer.versions import searched_pair


class Searcher:
    """Searches the current pair of collections of a store. Safe between threads.

    Args:
        store: where points are.
        models_: the networks that embed what is looked for.
        settings: weights of the routes, and the rest.
        tasks: those that ``where`` may name and that facets count.
    """

    def __init__(
        self,
        store: Store,
        models_: Models,
        settings: SearchSettings,
        tasks: Tasks | None = None,
    ) -> None:
        self._store = store
        self._models = models_
        self._settings = settings
        self._tasks = tasks or {}

    def run(self, request: SearchRequest, examples: Examples = NO_EXAMPLES) -> SearchResponse:
        """Return a page of hits. Without words, what the filters leave, worthiest first.

        The time it reports is that of the search, not of loading networks before the first.

        Args:
            request: what is asked.
            examples: the picture or clip in it, read; without it such a request is refused.

        Raises:
            RequestError: a field makes no sense here, such as the cursor of another search.
        """
        self._load(request)
        began = time.perf_counter()
        name = searched_pair(self._store)
        if name is None:
            answer = SearchResponse(query=_echo(request), took_ms=0.0, hits=[])
        else:
            answer = self._answer(self.plan(request, name, examples))
        took = round((time.perf_counter() - began) * 1000, 1)
        return answer.model_copy(update={"took_ms": took})

    def facets(self, request: SearchRequest, examples: Examples = NO_EXAMPLES) -> Facets:
        """Count the values beside each filter; a filter does not narrow its own counts."""
        name = searched_pair(self._store)
        if name is None:
            return Facets(tone=[], genre=[], ad_category=[], title=[])
        self._load(request)
        bare = request.model_copy(update={"cursor": None})
        return count_facets(self.plan(bare, name, examples), self._tasks, self._store)

    def plan(
        self, request: SearchRequest, name: str, examples: Examples = NO_EXAMPLES
    ) -> SearchPlan:
        """Return the plan of a request over the pair ``name``.

        Raises:
            RequestError: a field makes no sense here.
        """
        presentation = _presentation(request, name)
        filters = compile_filters(request, request.level, self._tasks)
        settings, queries = self._settings, tuple[Query, ...]()
        if request.seeks:
            settings = compatible_settings(settings, name, request)
            encoder = QueryEncoder(self._store, name, self._models, settings, examples)
            queries = tuple(_queries(encoder, request))
        return SearchPlan(
            echo=_echo(request),
            pair=name,
            level=request.level,
            filters=filters,
            queries=queries,
            combination=_combination(request),
            within=request.within,
            example_ids=(*request.positive_ids, *request.negative_ids),
            negative_text=request.without.strip(),
            keep_tail=request.tail == "keep",
            presentation=presentation,
            settings=settings,
            notice=notice_of(name),
        )

    def neighbours(self, point_id: str, before: int = 3, after: int = 3) -> Neighbours:
        """Return the shots or clips around one in its title, in order of time.

        Raises:
            RequestError: there is no such shot or clip.
        """
        return neighbours_of(self._store, searched_pair(self._store), point_id, before, after)

    def _load(self, request: SearchRequest) -> None:
        if request.q.strip():
            self._models.load_for_queries()

    def _answer(self, plan: SearchPlan) -> SearchResponse:
        if plan.is_listing:
            return present_listing(plan, list_page(plan, self._store))
        if not plan.queries:
            return present(plan, pool(plan, self._store), self._store)
        return present(plan, combine(plan, execute(plan, self._store)), self._store)


def _queries(encoder: QueryEncoder, request: SearchRequest) -> Iterator[Query]:
    yield encoder.query(request)
    if request.then.strip():
        yield encoder.text_query(request, request.then)
    elif request.also.strip():
        yield encoder.text_query(request, request.also)


def _combination(request: SearchRequest) -> Combination:
    if request.then.strip():
        return "then"
    return "also" if request.also.strip() else "one"


def _presentation(request: SearchRequest, name: str) -> Presentation:
    """Return how the answer is arranged, from where the cursor says."""
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


def _echo(request: SearchRequest) -> SearchRequest:
    """Return the request as the answer repeats it: without a picture or clip, which are large."""
    return request.model_copy(update={"still": None, "clip": None})
