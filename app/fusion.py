"""Weighted reciprocal rank fusion, and the relative cut of each route's tail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qdrant_client import models


@dataclass(frozen=True)
class Ranked:
    """One route's results, best first, and the weight of the route in the fusion."""

    weight: float
    points: Sequence[models.ScoredPoint]


def fuse_ranks(routes: Mapping[Any, Ranked], constant: int) -> list[tuple[str, float]]:
    """Return point ids with their fused score, best first.

    A point's score is the sum over the routes that found it of ``weight / (constant + rank)``,
    rank counted from 1 (Cormack, Clarke and Büttcher 2009), divided by the most it could be,
    so that 1 is first place on every route. Equal scores are in order of id.
    """
    scores: dict[str, float] = {}
    for route in routes.values():
        for rank, point in enumerate(route.points, start=1):
            identity = str(point.id)
            scores[identity] = scores.get(identity, 0.0) + route.weight / (constant + rank)
    best = sum(route.weight for route in routes.values()) / (constant + 1)
    return sorted(
        ((identity, score / best) for identity, score in scores.items()),
        key=lambda item: (-item[1], item[0]),
    )


def cut_tail(points: Sequence[models.ScoredPoint], share: float) -> list[models.ScoredPoint]:
    """Drop the points that score less than ``share`` of the way from the last to the best.

    Distances vary from query to query, so no fixed threshold would do; a share of the spread
    of this query's own scores does. 0 keeps all.
    """
    if not points:
        return []
    best, worst = points[0].score, points[-1].score
    least = worst + share * (best - worst)
    return [point for point in points if point.score >= least]
