"""The routes of a search: each finds clips or shots in its own way.

Clips are found through their shots: a clip is as near to the words as its nearest shot is. The
mean of a clip's shots, which stands for the clip elsewhere, blurs what is seen in one of them
(measured, see ``docs/results/experiments.md``).
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from qdrant_client import models

from app.search.filters import Tasks, build_filter, of_the_span
from app.search.fusion import Found
from app.search.request import SearchRequest, SearchRoute
from indexer.points import CLIP_ID
from indexer.store.base import ScoredPoint, Store, pair

FOUND_FIELDS = (CLIP_ID, "lines")
"""What is read of each shot that is found; a moment in time is told by all that its shots carry."""

SHOTS_OF_A_CLIP = 1.25
"""Shots that are asked for at first for each clip wanted, since some are of one clip: to ask again
costs as much as to ask."""


@dataclass(frozen=True)
class Route:
    """A vector to look for in the named vectors ``using``; below ``least`` nothing counts.

    ``away`` stands for what hits should be without, in the same space. With ``more`` vectors, the
    nearest of all counts for each hit.
    """

    name: SearchRoute
    using: str
    vector: list[float] | models.SparseVector
    least: float | None = None
    away: list[float] | None = None
    more: tuple[list[float], ...] = ()


@dataclass(frozen=True)
class Scope:
    """What a route may find: what passes the request's filters, is among ``only`` where that is
    given, and is none of ``never``; both hold ids of the level that is asked for. ``hidden`` are
    shots by which nothing is found. ``by_shot``: give the shots themselves where clips are asked
    for."""

    request: SearchRequest
    tasks: Tasks
    by_shot: bool = False
    only: AbstractSet[str] | None = None
    never: AbstractSet[str] = frozenset()
    hidden: AbstractSet[str] = frozenset()


def run_route(store: Store, pair_name: str, route: Route, scope: Scope, depth: int) -> list[Found]:
    """Return the best ``depth`` clips or shots of a route, best first, ties in order of id."""
    best: dict[str, Found] = {}
    for vector in (route.vector, *route.more):
        one = replace(route, vector=vector, more=())
        for found in _by_vector(store, pair_name, one, scope, depth):
            if found.id not in best or best[found.id].score < found.score:
                best[found.id] = found
    return sorted(best.values(), key=lambda each: (-each.score, each.id))[:depth]


def _by_vector(store: Store, pair_name: str, route: Route, scope: Scope, depth: int) -> list[Found]:
    if scope.only is not None and not scope.only:
        return []
    shots, clips = pair(pair_name)
    request = scope.request
    filter_ = _scoped(build_filter(request, "shot", scope.tasks), scope)
    by_clip = request.level == "clip" and not scope.by_shot
    wanted = round(depth * SHOTS_OF_A_CLIP) if by_clip else depth
    while True:
        points = store.query(
            shots,
            query=route.vector,
            using=route.using,
            filter=filter_,
            limit=wanted,
            score_threshold=route.least,
            fields=None if scope.by_shot else FOUND_FIELDS,
        )
        passing = _passing(store, clips, request, points)
        best: dict[str, Found] = {}
        for identity, score, payload in points:
            if passing is not None and payload[CLIP_ID] not in passing:
                continue
            found = payload[CLIP_ID] if by_clip else identity
            if found not in best:
                best[found] = Found(found, score, " ".join(payload["lines"]) or None, payload)
        if len(best) >= depth or len(points) < wanted:
            return list(best.values())[:depth]
        # Several of the shots were of one clip, or of clips that the filters drop.
        wanted *= 2


def _passing(
    store: Store, clips: str, request: SearchRequest, points: Sequence[ScoredPoint]
) -> set[str] | None:
    """Return the clips of the shots that pass what shots cannot tell; None if nothing is asked."""
    conditions = of_the_span(request) if request.level == "clip" else []
    if not conditions or not points:
        return None
    owners = sorted({point.payload[CLIP_ID] for point in points})
    filter_ = models.Filter(must=[models.HasIdCondition(has_id=list(owners)), *conditions])
    records, _ = store.scroll(clips, filter=filter_, limit=len(owners))
    return {str(record.id) for record in records}


def _scoped(filter_: models.Filter | None, scope: Scope) -> models.Filter | None:
    """Add ``only``, ``never`` and ``hidden`` to a filter on shots."""
    must: list[models.Condition] = [filter_] if filter_ is not None else []
    must_not: list[models.Condition] = []
    if scope.only is not None:
        must.append(_among(scope, sorted(scope.only)))
    if scope.never:
        must_not.append(_among(scope, sorted(scope.never)))
    if scope.hidden:
        must_not.append(models.HasIdCondition(has_id=sorted(scope.hidden)))
    if not must_not and scope.only is None:
        return filter_
    return models.Filter(must=must or None, must_not=must_not or None)


def _among(scope: Scope, ids: Sequence[str]) -> models.Condition:
    if scope.request.level == "shot":
        return models.HasIdCondition(has_id=list(ids))
    return models.FieldCondition(key=CLIP_ID, match=models.MatchAny(any=list(ids)))
