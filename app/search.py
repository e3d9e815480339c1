"""The one planner of searches, behind the browser, the command line and the API."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_client import models

from app.fusion import Ranked, cut_tail, fuse_ranks
from app.lines import matched_line
from app.results import (
    FacetCount,
    Facets,
    Hit,
    RouteName,
    SearchRequest,
    SearchResponse,
    Why,
)
from indexer.models import Models
from indexer.settings import SearchSettings
from indexer.store.base import Store, pair
from indexer.store.schema import DIALOGUE, PICTURE, WORDS
from indexer.store.sparse import Bm25Words

DEPTH = 100
"""Results that each route hands to the fusion, at least."""
MOST_FACETS = 200


class Search:
    """Plans and runs searches over the current pair of collections."""

    def __init__(self, store: Store, models_: Models, settings: SearchSettings) -> None:
        self._store = store
        self._models = models_
        self._settings = settings
        self._words = Bm25Words()

    def run(self, request: SearchRequest) -> SearchResponse:
        """Return the best hits. Without words, what the filters leave, worthiest first.

        The time it reports is that of the search, not of loading networks before the first.
        """
        words = bool(request.q.strip())
        if words:
            self._models.load_for_queries()
        began = time.perf_counter()
        collection = self._collection(request)
        if collection is None:
            hits: list[Hit] = []
        elif words:
            hits = self._by_words(collection, request)
        else:
            hits = self._by_filters(collection, request)
        took = (time.perf_counter() - began) * 1000
        return SearchResponse(query=request, took_ms=round(took, 1), hits=hits)

    def facets(self, request: SearchRequest) -> Facets:
        """Count the values beside each filter; a filter does not narrow its own counts."""
        collection = self._collection(request)
        if collection is None:
            return Facets(tone=[], genre=[], title=[])

        def counts(field: str, key: str) -> list[FacetCount]:
            others = request.model_copy(update={field: []})
            found = self._store.facets(
                collection, key, filter=build_filter(others), limit=MOST_FACETS
            )
            return [FacetCount(value=str(hit.value), count=hit.count) for hit in found]

        return Facets(
            tone=counts("tone", "tones"),
            genre=counts("genre", "genres"),
            title=counts("title", "title"),
        )

    def _collection(self, request: SearchRequest) -> str | None:
        name = self._store.current()
        if name is None:
            return None
        shots, clips = pair(name)
        return shots if request.level == "shot" else clips

    def _by_filters(self, collection: str, request: SearchRequest) -> list[Hit]:
        records, _ = self._store.scroll(
            collection,
            filter=build_filter(request),
            limit=request.limit,
            order_by=models.OrderBy(key="clip_worthiness", direction=models.Direction.DESC),
        )
        hits = []
        for rank, record in enumerate(records, start=1):
            payload = record.payload or {}
            worthiness = float(payload["clip_worthiness"])
            why = [Why(route="filter", rank=rank, score=worthiness)]
            hits.append(make_hit(str(record.id), payload, worthiness, why))
        return hits

    def _by_words(self, collection: str, request: SearchRequest) -> list[Hit]:
        routes = self._routes(collection, request)
        points = {str(p.id): p for ranked in routes.values() for p in ranked.points}
        hits = []
        for identity, score in fuse_ranks(routes, self._settings.rank_constant)[: request.limit]:
            payload = points[identity].payload or {}
            why = explain(identity, payload, routes, request.q, self._words)
            hits.append(make_hit(identity, payload, score, why))
        return hits

    def _routes(self, collection: str, request: SearchRequest) -> dict[RouteName, Ranked]:
        """Ask each route that has a weight and can answer; cut each one's irrelevant tail."""
        vectors = self._query_vectors(request.q)
        filter_ = build_filter(request)
        routes: dict[RouteName, Ranked] = {}
        for name, (using, vector) in vectors.items():
            weight = self._settings.weights.get(name, 0.0)
            if weight <= 0 or vector is None:
                continue
            found = self._store.query(
                collection,
                query=vector,
                using=using,
                filter=filter_,
                limit=max(DEPTH, request.limit),
            )
            routes[name] = Ranked(weight, cut_tail(found, self._settings.tail_cut))
        return routes

    def _query_vectors(
        self, words: str
    ) -> dict[RouteName, tuple[str, list[float] | models.SparseVector | None]]:
        backbones = self._models.backbones
        return {
            "picture": (PICTURE, backbones.video.embed_query([words])[0].tolist()),
            "dialogue": (DIALOGUE, backbones.text.embed_texts([words])[0].tolist()),
            "words": (WORDS, self._words.query(words)),
        }


def build_filter(request: SearchRequest) -> models.Filter | None:
    """Return the store's filter for a request, or None if nothing is filtered."""
    must: list[models.Condition] = []
    for key, values in (("tones", request.tone), ("genres", request.genre)):
        if values:
            must.append(models.FieldCondition(key=key, match=models.MatchAny(any=values)))
    if request.title:
        named = models.MatchAny(any=request.title)
        must.append(
            models.Filter(
                should=[
                    models.FieldCondition(key="title_id", match=named),
                    models.FieldCondition(key="title", match=named),
                ]
            )
        )
    if request.min_worthiness is not None:
        must.append(
            models.FieldCondition(
                key="clip_worthiness", range=models.Range(gte=request.min_worthiness)
            )
        )
    return models.Filter(must=must) if must else None


def explain(
    identity: str,
    payload: Mapping[str, Any],
    routes: Mapping[RouteName, Ranked],
    words: str,
    model: Bm25Words,
) -> list[Why]:
    """Return the reasons of a hit: its place and score on each route, best place first."""
    reasons = []
    for name, ranked in routes.items():
        for rank, point in enumerate(ranked.points, start=1):
            if str(point.id) == identity:
                line = None if name == "picture" else matched_line(payload["lines"], words, model)
                reasons.append(Why(route=name, rank=rank, score=round(point.score, 4), line=line))
    return sorted(reasons, key=lambda why: why.rank)


def make_hit(identity: str, payload: Mapping[str, Any], score: float, why: Sequence[Why]) -> Hit:
    """Return a hit from a point's payload."""
    names = Hit.model_fields.keys() & payload.keys()
    known = {name: payload[name] for name in names}
    return Hit(id=identity, score=score, why=list(why), text=" ".join(payload["lines"]), **known)
