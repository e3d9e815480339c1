"""Weighted reciprocal rank fusion of what the routes found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True)
class Found:
    """A clip or shot that a route found, by its id, with the line that matched if one did."""

    id: str
    score: float
    line: str | None = None


@dataclass(frozen=True)
class Ranked(Generic[R]):
    """One route's results, best first, and the weight of the route in the fusion."""

    route: R
    weight: float
    found: Sequence[Found]


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
