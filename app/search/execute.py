"""Runs a plan: each route asks the store for the shots nearest to its vectors.

A server is asked for all of them in one request, before it is known which scores count and whether
a route is needed at all. The embedded engine is asked route by route, for no more than that.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

from qdrant_client import models

from app.search.conditions import FilterSet
from app.search.nearest import Lookup, Match
from app.search.phrases import phrase_matches
from app.search.plan import AwayFrom, Query, Route, SearchPlan
from app.search.request import RouteName
from app.search.scale import Scale, Scales
from app.search.similarity import members, vectors_of
from indexer.store.base import ScoredPoint, Store
from indexer.store.names import CLIP_ID
from indexer.store.sparse import Bm25Words

LINE_ROUTES = ("dialogue", "words")
"""The routes that find shots by a line."""


@dataclass(frozen=True)
class RankedList:
    """The results of one route, best first, its weight in the fusion, and the scale of its scores.

    ``said`` are the words of a preference.
    """

    route: RouteName
    weight: float
    matches: Sequence[Match]
    scale: Scale
    said: str = ""


@dataclass(frozen=True)
class Found:
    """What the routes of each query found, and the scales of all of its routes."""

    ranked: Sequence[Sequence[RankedList]]
    scales: Sequence[Scales]


def execute(plan: SearchPlan, store: Store, scales: Sequence[Scales] = ()) -> Found:
    """Return the results of each query's routes.

    Which routes run, and what their scores are worth, depends on the query alone: it is settled by
    a search of the whole index, and then holds for what the filters leave.

    Args:
        plan: the plan.
        store: where the points are.
        scales: of the same queries, if they are known.

    Raises:
        ReelfindError: a phrase is in too many places, or the store does not answer.
    """
    excluded: AbstractSet[str] = frozenset()
    if plan.example_ids:
        excluded = members(
            store, plan.pair, plan.example_ids, plan.level, plan.settings.title_shots
        )
    runs = [
        _Execution(_plan_of(plan, place), store, query, excluded)
        for place, query in enumerate(plan.queries)
    ]
    bases = [each for run in runs if not scales and (each := run.over_everything) is not None]
    ahead = _asked_ahead(plan, store, [*runs, *bases])
    known: Sequence[Scales | None] = scales or [None for _ in runs]
    results = [run.results(ahead, own) for run, own in zip(runs, known, strict=True)]
    return Found([ranked for ranked, _ in results], [own for _, own in results])


def _plan_of(plan: SearchPlan, place: int) -> SearchPlan:
    """Return the plan of a query: what follows in time need only be of the same title."""
    if plan.combination == "then" and place > 0:
        return replace(plan, filters=plan.filters.of_titles)
    return plan


def _asked_ahead(
    plan: SearchPlan, store: Store, executions: Sequence["_Execution"]
) -> Mapping[Lookup, Sequence[ScoredPoint]]:
    """Return the answers to all lookups, where they are best asked for at once."""
    lookups = [lookup for each in executions for own in each.lookups for lookup in own]
    if not store.is_remote:
        return {}
    # What a route with a share counts is known when the best picture is.
    questions = [
        each.question(None if each.route.min_share is not None else each.route.min_score)
        for each in lookups
    ]
    return dict(zip(lookups, store.query_batch(plan.shots, questions), strict=True))


@dataclass(frozen=True, eq=False)
class _Execution:
    """Runs the routes of one query; the examples themselves and their parts are not found."""

    plan: SearchPlan
    store: Store
    query: Query
    excluded: AbstractSet[str]

    @cached_property
    def over_everything(self) -> "_Execution | None":
        """The same without filters; None if that is itself, or of no use.

        A phrase is looked for among what the filters leave, and is relevant wherever it is.
        """
        if not self.plan.filters.filters or self.query.phrases:
            return None
        return replace(self, plan=replace(self.plan, filters=FilterSet()))

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

    def results(
        self, ahead: Mapping[Lookup, Sequence[ScoredPoint]], scales: Scales | None
    ) -> tuple[list[RankedList], Scales]:
        """Return the results of the routes that run, and the scales of all of them.

        Args:
            ahead: answers that are known already.
            scales: of the routes, if they are known already.
        """
        if self.query.phrases:
            scales = None
        elif scales is None and self.over_everything is not None:
            scales = _scales(self.over_everything.run(ahead, None))
        ranked = self.run(ahead, scales)
        found = [each for each in ranked if each is not None]
        if self.query.away_from is not None:
            found.append(self._farthest(self.query.away_from, found))
        return found, _scales(ranked) if scales is None else scales

    def run(
        self, ahead: Mapping[Lookup, Sequence[ScoredPoint]], scales: Scales | None
    ) -> list[RankedList | None]:
        """Return the results of each route; None of one that does not run.

        Without ``scales``, what is found here settles them.
        """
        ranked: list[RankedList | None] = []
        best_picture: float | None = None
        line_found = False
        for place, lookups in enumerate(self.lookups):
            route = self.query.routes[place]
            scale = None if scales is None else scales[place]
            runs = not route.needs_line or line_found if scales is None else scale is not None
            if not runs:
                ranked.append(None)
                continue
            least = route.min_score if scale is None else scale.least
            if scale is None and route.min_share is not None and best_picture is not None:
                least = best_picture * route.min_share
            found = [each.matches(least, ahead.get(each)) for each in lookups]
            own = self._ranked(route, least, scale, found)
            ranked.append(own)
            if route.name == "picture" and own.matches:
                best_picture = own.matches[0].score
            line_found = line_found or (
                route.name in LINE_ROUTES and _is_said(own.matches, self.query.text)
            )
        return ranked

    def _lookups_of(self, route: Route, filter_: models.Filter | None) -> list[Lookup]:
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
        self,
        route: Route,
        least: float | None,
        scale: Scale | None,
        found: Sequence[Sequence[Match]],
    ) -> RankedList:
        """Return the best of what a route's vectors found, best first, ties in order of id."""
        best: dict[str, Match] = {}
        for match in (match for own in found for match in own):
            if match.id not in best or best[match.id].score < match.score:
                best[match.id] = match
        ordered = sorted(best.values(), key=lambda each: (-each.score, each.id))
        matches = ordered[: self.plan.settings.depth]
        if scale is None:
            scale = Scale.of([each.score for each in matches], least, route.floor)
        return RankedList(route.name, route.weight, matches, scale, route.said)

    def _farthest(self, away_from: AwayFrom, ranked: Sequence[RankedList]) -> RankedList:
        """Rank the other routes' results by their distance from the negative examples."""
        found = {each.id: each for own in ranked for each in own.matches}
        by_shot = self.plan.combination == "then"
        collection = self.plan.shots if by_shot else self.plan.collection
        vectors = vectors_of(self.store, collection, list(found), away_from.using)
        scored = [
            found[identity]._replace(score=float(vector @ away_from.vector))
            for identity, vector in vectors.items()
        ]
        scored.sort(key=lambda each: (-each.score, each.id))
        return RankedList("like", away_from.weight, scored, Scale.of([], None, None))


def _scales(ranked: Sequence[RankedList | None]) -> Scales:
    return [None if each is None else each.scale for each in ranked]


def _is_said(matches: Sequence[Match], text: str) -> bool:
    """Return whether a match is one of dialogue, and not of text on screen alone."""
    words = Bm25Words()
    return any(not each.shown or words.marks(each.line or "", text) for each in matches)
