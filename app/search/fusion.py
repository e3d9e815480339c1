"""Weighted reciprocal rank fusion of what the routes found, and the cut of its tail."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

R = TypeVar("R")


class Found(NamedTuple):
    """A clip or shot that a route found, by its id, with the line that matched if one did.

    ``payload`` is what the shot carries that it was found by.
    """

    id: str
    score: float
    line: str | None = None
    payload: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Ranked(Generic[R]):
    """One route's results, best first, and the weight of the route in the fusion.

    ``floor`` is the score of what has nothing to do with the search, None where a route has no
    such score: its middle one then stands for it.
    """

    route: R
    weight: float
    found: Sequence[Found]
    floor: float | None = None


def fuse_ranks(routes: Sequence[Ranked[R]], constant: int) -> Mapping[str, float]:
    """Return the fused score of every id, best first.

    A score is the sum over the routes that found it of ``weight / (constant + rank)``, rank
    counted from 1 (Cormack, Clarke and Büttcher 2009), divided by the most it could be, so
    that 1 is first place on every route. Equal scores are in order of id.
    """
    scores: dict[str, float] = {}
    for ranked in routes:
        for rank, each in enumerate(ranked.found, start=1):
            scores[each.id] = scores.get(each.id, 0.0) + ranked.weight / (constant + rank)
    best = sum(ranked.weight for ranked in routes) / (constant + 1)
    order = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return {identity: score / best for identity, score in order}


def relevant(routes: Sequence[Ranked[R]], fraction: float) -> AbstractSet[str]:
    """Return the ids that at least one route holds for relevant.

    On a route that is a score of at least ``fraction`` of the way from its floor, or its middle
    (median) score, to its best: relative, since scores of one query mean nothing for another.
    """
    kept: set[str] = set()
    for ranked in routes:
        scores = [each.score for each in ranked.found]
        if scores:
            floor = median(scores) if ranked.floor is None else ranked.floor
            least = floor + fraction * (max(scores) - floor)
            kept.update(each.id for each in ranked.found if each.score >= least)
    return kept
