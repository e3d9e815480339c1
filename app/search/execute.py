"""Runs a plan: each route asks the store for the shots nearest to its vectors.

Clips are found through their shots: a clip is as near to the query as its nearest shot. The mean
of a clip's shots, which represents the clip elsewhere, blurs things that only one shot shows
(measured, see ``docs/results/experiments.md``).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from statistics import median
from types import MappingProxyType
from typing import Any, NamedTuple

from qdrant_client import models

from app.search.phrases import phrase_matches
from app.search.plan import AwayFrom, Query, Route, SearchPlan
from app.search.request import RouteName
from app.search.similarity import members, vectors_of
from indexer.points import CLIP_ID
from indexer.store.base import ScoredPoint, Store
from indexer.store.sparse import Bm25Words

MATCH_FIELDS = (CLIP_ID, "lines")
"""The payload fields read of each shot found; if shots form a moment, all fields are read."""

LINE_ROUTES = ("dialogue", "words")
"""The routes that find shots by a line."""

SHOTS_OF_A_CLIP = 1.25
"""Shots that are asked for at first for each clip wanted, since some are of one clip: to ask again
costs as much as to ask."""


class Match(NamedTuple):
    """A clip or shot that a route found, with the matching line, if any.

    ``payload`` is that of the shot through which it was found.
    """

    id: str
    score: float
    line: str | None = None
    payload: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class RankedList:
    """The results of one route, best first, and its weight in the fusion.

    ``floor`` is the score of unrelated points; None if a route has no such score, and then the
    median is used.
    """

    route: RouteName
    weight: float
    matches: Sequence[Match]
    floor: float | None = None


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
    return [_Execution(plan, store, query, excluded).run() for query in plan.queries]


@dataclass(frozen=True, eq=False)
class _Execution:
    """Runs the routes of one query; the examples themselves and their parts are not found."""

    plan: SearchPlan
    store: Store
    query: Query
    excluded: AbstractSet[str]

    def run(self) -> list[RankedList]:
        only = None
        if self.query.phrases:
            only = phrase_matches(self.plan, self.store, self.query.phrases)
            if not only:
                return []
        filter_ = self._on_shots(only)
        ranked: list[RankedList] = []
        best_picture: float | None = None
        line_found = False
        for route in self.query.routes:
            if route.needs_line and not line_found:
                continue
            now = route
            if route.min_share is not None and best_picture is not None:
                now = replace(route, min_score=best_picture * route.min_share)
            found = self._ranked(now, filter_)
            ranked.append(found)
            if route.name == "picture" and found.matches:
                best_picture = found.matches[0].score
            line_found = line_found or (route.name in LINE_ROUTES and bool(found.matches))
        if self.query.away_from is not None:
            ranked.append(self._farthest(self.query.away_from, ranked))
        return ranked

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

    def _ranked(self, route: Route, filter_: models.Filter | None) -> RankedList:
        if route.negative_vector is not None:
            hidden = self._nearer_to_negative(route, route.negative_vector, filter_)
            if hidden:
                must: list[models.Condition] | None = [filter_] if filter_ is not None else None
                without = models.HasIdCondition(has_id=sorted(hidden))
                filter_ = models.Filter(must=must, must_not=[without])
        matches = self._nearest(route, filter_, by_shot=self.plan.combination == "then")
        if self.plan.negative_text and route.name in LINE_ROUTES:
            words = Bm25Words()
            negative = self.plan.negative_text
            matches = [each for each in matches if not words.marks(each.line or "", negative)]
        floor = route.min_score if route.floor is None else route.floor
        return RankedList(route.name, route.weight, matches, floor)

    def _nearer_to_negative(
        self, route: Route, negative_vector: list[float], filter_: models.Filter | None
    ) -> AbstractSet[str]:
        """Return the shots among the route's best that are nearer to its negative vector.

        A shot's nearness is its score on a scale from the median to the best score of a vector:
        raw scores of different words are not comparable. It is hidden if it is nearer to the
        negative vector by more than the setting ``without``.
        """
        negative = replace(route, vectors=(negative_vector,))
        wanted, unwanted = (
            _nearness(self._nearest(each, filter_, by_shot=True), route.min_score)
            for each in (route, negative)
        )
        margin = self.plan.settings.without
        return {each for each in wanted.keys() & unwanted if unwanted[each] > wanted[each] + margin}

    def _nearest(
        self, route: Route, filter_: models.Filter | None, *, by_shot: bool
    ) -> list[Match]:
        """Return the best clips or shots of a route, best first, ties in order of id."""
        best: dict[str, Match] = {}
        for vector in route.vectors:
            for match in self._nearest_to(vector, route, filter_, by_shot):
                if match.id not in best or best[match.id].score < match.score:
                    best[match.id] = match
        ordered = sorted(best.values(), key=lambda each: (-each.score, each.id))
        return ordered[: self.plan.settings.depth]

    def _nearest_to(
        self,
        vector: list[float] | models.SparseVector,
        route: Route,
        filter_: models.Filter | None,
        by_shot: bool,
    ) -> list[Match]:
        by_clip = self.plan.level == "clip" and not by_shot
        depth = self.plan.settings.depth
        wanted = round(depth * SHOTS_OF_A_CLIP) if by_clip else depth
        while True:
            points = self.store.query(
                self.plan.shots,
                query=vector,
                using=route.using,
                filter=filter_,
                limit=wanted,
                score_threshold=route.min_score,
                fields=None if by_shot else MATCH_FIELDS,
            )
            passing = None
            if self.plan.filters.on_clips is not None and points:
                passing = self._passing(points, self.plan.filters.on_clips)
            best: dict[str, Match] = {}
            for identity, score, payload in points:
                if passing is not None and payload[CLIP_ID] not in passing:
                    continue
                found = payload[CLIP_ID] if by_clip else identity
                if found not in best:
                    best[found] = Match(found, score, " ".join(payload["lines"]) or None, payload)
            if len(best) >= depth or len(points) < wanted:
                return list(best.values())[:depth]
            # Several shots were of one clip, or of clips that the filters exclude.
            wanted *= 2

    def _passing(self, points: Sequence[ScoredPoint], on_clips: models.Filter) -> AbstractSet[str]:
        """Return the shots' clips that pass the filters on clips."""
        owners = sorted({point.payload[CLIP_ID] for point in points})
        own = models.HasIdCondition(has_id=list(owners))
        filter_ = models.Filter(must=[own, on_clips])
        records, _ = self.store.scroll(self.plan.clips, filter=filter_, limit=len(owners))
        return {str(record.id) for record in records}

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


def _nearness(matches: Sequence[Match], min_score: float | None) -> dict[str, float]:
    """Return by shot 1 for the best score, 0 for the median (or for ``min_score``)."""
    if not matches:
        return {}
    scores = [each.score for each in matches]
    middle = median(scores) if min_score is None else min_score
    width = max(scores) - middle
    return {each.id: (each.score - middle) / width if width > 0 else 0.0 for each in matches}
