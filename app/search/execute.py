"""Runs a plan: each route asks the store for the shots nearest to its vectors.

A server is asked for all of them in one request, before it is known which scores count and whether
a route is needed at all. The embedded engine is asked route by route, for no more than that.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from qdrant_client import models

from app.search.nearest import Lookup, Match
from app.search.phrases import phrase_matches
from app.search.plan import AwayFrom, Query, Route, SearchPlan
from app.search.request import RouteName
from app.search.similarity import members, vectors_of
from indexer.store.base import ScoredPoint, Store
from indexer.store.names import CLIP_ID
from indexer.store.sparse import Bm25Words

LINE_ROUTES = ("dialogue", "words")
"""The routes that find shots by a line."""


@dataclass(frozen=True)
class RankedList:
    """The results of one route, best first, and its weight in the fusion.

    ``floor`` is the score of unrelated points; None if a route has no such score, and then the
    median is used. ``said`` are the words of a preference.
    """

    route: RouteName
    weight: float
    matches: Sequence[Match]
    floor: float | None = None
    said: str = ""


def execute(plan: SearchPlan, store: Store) -> list[list[RankedList]]:
    """Return the results of each query's routes.

    Raises:
        ReelfindError: a phrase is in too many places, or the store does not answer.
    """
    excluded: AbstractSet[str] = frozenset()
    if plan.example_ids:
        excluded = members(
            store, plan.pair, plan.example_ids, plan.level, plan.settings.title_shots
        )
    executions = [_Execution(plan, store, query, excluded) for query in plan.queries]
    lookups = [lookup for each in executions for own in each.lookups for lookup in own]
    ahead: Mapping[Lookup, Sequence[ScoredPoint]] = {}
    if store.is_remote:
        # What a route with a share counts is known when the best picture is.
        questions = [
            each.question(None if each.route.min_share is not None else each.route.min_score)
            for each in lookups
        ]
        ahead = dict(zip(lookups, store.query_batch(plan.shots, questions), strict=True))
    return [each.run(ahead) for each in executions]


@dataclass(frozen=True, eq=False)
class _Execution:
    """Runs the routes of one query; the examples themselves and their parts are not found."""

    plan: SearchPlan
    store: Store
    query: Query
    excluded: AbstractSet[str]

    @cached_property
    def lookups(self) -> list[list[Lookup]]:
        """What each route looks for; nothing if no hit says the phrases."""
        only = None
        if self.query.phrases:
            only = phrase_matches(self.plan, self.store, self.query.phrases)
            if not only:
                return []
        filter_ = self._on_shots(only)
        return [self._lookups_of(route, filter_) for route in self.query.routes]

    def run(self, ahead: Mapping[Lookup, Sequence[ScoredPoint]]) -> list[RankedList]:
        """Return the results of the routes; ``ahead`` has answers that are known already."""
        if not self.lookups:
            return []
        ranked: list[RankedList] = []
        best_picture: float | None = None
        line_found = False
        for route, lookups in zip(self.query.routes, self.lookups, strict=True):
            if route.needs_line and not line_found:
                continue
            min_score = route.min_score
            if route.min_share is not None and best_picture is not None:
                min_score = best_picture * route.min_share
            found = [each.matches(min_score, ahead.get(each)) for each in lookups]
            ranked.append(self._ranked(route, min_score, found))
            if route.name == "picture" and ranked[-1].matches:
                best_picture = ranked[-1].matches[0].score
            line_found = line_found or (
                route.name in LINE_ROUTES and _is_said(ranked[-1].matches, self.query.text)
            )
        if self.query.away_from is not None:
            ranked.append(self._farthest(self.query.away_from, ranked))
        return ranked

    def _lookups_of(self, route: Route, filter_: models.Filter | None) -> list[Lookup]:
        if route.negative_vector is not None:
            hidden = self._nearer_to_negative(route, route.negative_vector, filter_)
            if hidden:
                must: list[models.Condition] | None = [filter_] if filter_ is not None else None
                without = models.HasIdCondition(has_id=sorted(hidden))
                filter_ = models.Filter(must=must, must_not=[without])
        if route.condition is not None:
            own = [filter_] if filter_ is not None else []
            filter_ = models.Filter(must=[*own, route.condition])
        in_time = self.plan.combination == "then"
        by_shot = in_time or self.plan.level == "shot"
        return [
            Lookup(self.plan, self.store, route, vector, filter_, by_shot, whole=in_time)
            for vector in route.vectors
        ]

    def _on_shots(self, only: AbstractSet[str] | None) -> models.Filter | None:
        """Return the filter of shots: those in ``only``, if given, without the examples."""
        own = self.plan.filters.on_shots
        if only is None and not self.excluded:
            return own
        must: list[models.Condition] = [own] if own is not None else []
        if only is not None:
            must.append(self._of_hits(only))
        must_not = [self._of_hits(self.excluded)] if self.excluded else None
        return models.Filter(must=must or None, must_not=must_not)

    def _of_hits(self, ids: AbstractSet[str]) -> models.Condition:
        if self.plan.level == "shot":
            return models.HasIdCondition(has_id=sorted(ids))
        return models.FieldCondition(key=CLIP_ID, match=models.MatchAny(any=sorted(ids)))

    def _ranked(
        self, route: Route, min_score: float | None, found: Sequence[Sequence[Match]]
    ) -> RankedList:
        """Return the best of what a route's vectors found, best first, ties in order of id."""
        best: dict[str, Match] = {}
        for match in (match for own in found for match in own):
            if match.id not in best or best[match.id].score < match.score:
                best[match.id] = match
        ordered = sorted(best.values(), key=lambda each: (-each.score, each.id))
        matches = ordered[: self.plan.settings.depth]
        if self.plan.negative_text and route.name in LINE_ROUTES:
            words = Bm25Words()
            negative = self.plan.negative_text
            matches = [
                each
                for each in matches
                if not words.marks(" ".join([each.line or "", *each.shown]), negative)
            ]
        floor = min_score if route.floor is None else route.floor
        return RankedList(route.name, route.weight, matches, floor, route.said)

    def _nearer_to_negative(
        self, route: Route, negative_vector: list[float], filter_: models.Filter | None
    ) -> AbstractSet[str]:
        """Return the shots among the route's best that are nearer to its negative vector.

        A shot's nearness is its score on a scale from the median to the best score of a vector:
        raw scores of different words are not comparable. It is hidden if it is nearer to the
        negative vector by more than the setting ``without``.
        """
        wanted, unwanted = (
            _nearness(
                Lookup(
                    *(self.plan, self.store, route, vector, filter_), by_shot=True, whole=False
                ).matches(route.min_score),
                route.min_score,
            )
            for vector in (route.vectors[0], negative_vector)
        )
        margin = self.plan.settings.without
        return {each for each in wanted.keys() & unwanted if unwanted[each] > wanted[each] + margin}

    def _farthest(self, away_from: AwayFrom, ranked: Sequence[RankedList]) -> RankedList:
        """Rank the other routes' results by their distance from the negative examples."""
        found = {each.id: each for own in ranked for each in own.matches}
        by_shot = self.plan.combination == "then"
        collection = self.plan.shots if by_shot else self.plan.collection
        scored = [
            found[identity]._replace(score=float(vector @ away_from.vector))
            for identity, vector in vectors_of(self.store, collection, list(found)).items()
        ]
        scored.sort(key=lambda each: (-each.score, each.id))
        return RankedList("like", away_from.weight, scored)


def _is_said(matches: Sequence[Match], text: str) -> bool:
    """Return whether a match is one of dialogue, and not of text on screen alone."""
    words = Bm25Words()
    return any(not each.shown or words.marks(each.line or "", text) for each in matches)


def _nearness(matches: Sequence[Match], min_score: float | None) -> dict[str, float]:
    """Return by shot 1 for the best score, 0 for the median (or for ``min_score``)."""
    if not matches:
        return {}
    scores = [each.score for each in matches]
    middle = median(scores) if min_score is None else min_score
    width = max(scores) - middle
    return {each.id: (each.score - middle) / width if width > 0 else 0.0 for each in matches}
