"""Arranges candidates: orders, diversifies, merges them into moments, and groups them by title."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.search.combine import Candidate
from app.search.plan import SearchPlan
from app.search.request import Order
from app.search.similarity import Vector, unit, vectors_of
from indexer.store.base import Store

Payloads = Mapping[str, Mapping[str, Any]]


class Extent(NamedTuple):
    """A clip, shot or moment on its title's time line, in frames and seconds, end exclusive."""

    id: str
    title_id: str
    start_frame: int
    end_frame: int
    start_seconds: float
    end_seconds: float


def in_order(candidates: Sequence[Candidate], order: Order, payloads: Payloads) -> list[Candidate]:
    """Return the candidates in an order; those without its score come last."""

    def key(each: Candidate) -> tuple[Any, ...]:
        payload = payloads[each.id]
        if order == "time":
            return (payload["title"], payload["title_id"], payload["start_frame"])
        score = payload.get(order.replace("-", "_"))
        return (score is None, -(score or 0.0), each.id)

    return list(candidates) if order == "relevance" else sorted(candidates, key=key)


def diversified(plan: SearchPlan, candidates: Sequence[Candidate], store: Store) -> list[Candidate]:
    """Return the candidates with the first ones reordered by maximal marginal relevance."""
    count = plan.settings.diversified
    first, rest = candidates[:count], candidates[count:]
    vectors = vectors_of(store, plan.collection, [each.id for each in first])
    width = next((len(vector) for vector in vectors.values()), 1)
    missing = np.zeros(width, dtype=np.float32)
    own = [vectors.get(each.id, missing) for each in first]
    order = diversify([each.score for each in first], own, plan.settings.diversity)
    return [*(first[place] for place in order), *rest]


def diversify(scores: Sequence[float], vectors: Sequence[Vector], weight: float) -> list[int]:
    """Return the order of maximal marginal relevance (Carbonell and Goldstein 1998).

    Each place takes, of what is left, the one with the most ``(1 - weight) * relevance - weight *
    similarity``: relevance is the score, stretched to 0..1, and similarity the greatest cosine to
    one already placed, from 0. Ties go to the earlier.

    Args:
        scores: [n], of any scale, higher is better.
        vectors: n of [d], any norm; zeros are similar to nothing.
        weight: of similarity, 0..1.
    """
    if not scores:
        return []
    relevance = np.asarray(scores, dtype=np.float64)
    width = relevance.max() - relevance.min()
    relevance = (relevance - relevance.min()) / width if width > 0 else np.ones_like(relevance)
    units = np.stack([unit(vector) for vector in vectors]).astype(np.float64)
    closeness = np.zeros(len(relevance))
    left = np.ones(len(relevance), dtype=bool)
    order: list[int] = []
    while left.any():
        gain = np.where(left, (1 - weight) * relevance - weight * closeness, -np.inf)
        chosen = int(np.argmax(gain))
        order.append(chosen)
        left[chosen] = False
        closeness = np.maximum(closeness, units @ units[chosen])
    return order


def merged(candidates: Sequence[Candidate], payloads: Payloads, longest: float) -> list[Candidate]:
    """Return the candidates with those that touch merged, each moment at its best one's place.

    A moment is at most ``longest`` seconds.
    """
    by_id = {each.id: each for each in candidates}
    extents = [_extent(each.id, payloads[each.id]) for each in candidates]
    return [
        by_id[moment[0].id]._replace(merged=tuple(each.id for each in moment))
        for moment in merge_touching(extents, longest)
    ]


def merge_touching(extents: Sequence[Extent], longest: float) -> list[list[Extent]]:
    """Merge extents that overlap or touch, best first: each into the best moment it touches.

    Returns the moments in the order of their best extents, each with its extents, the best first.
    One joins a moment when it overlaps it or begins where it ends (or the other way round) and
    both together are not longer than ``longest`` seconds; otherwise it begins a moment.
    """
    moments: list[list[Extent]] = []
    spans: list[tuple[str, int, int, float, float]] = []
    for own in extents:
        for place, (title, start, end, begin, finish) in enumerate(spans):
            if title != own.title_id or own.start_frame > end or start > own.end_frame:
                continue
            begin, finish = min(begin, own.start_seconds), max(finish, own.end_seconds)
            if finish - begin <= longest:
                moments[place].append(own)
                start, end = min(start, own.start_frame), max(end, own.end_frame)
                spans[place] = (title, start, end, begin, finish)
                break
        else:
            moments.append([own])
            spans.append(
                (own.title_id, own.start_frame, own.end_frame, own.start_seconds, own.end_seconds)
            )
    return moments


def by_title(candidates: Sequence[Candidate], payloads: Payloads) -> list[list[Candidate]]:
    """Return the candidates of each title together, titles in the order of their first ones."""
    titles: dict[str, list[Candidate]] = {}
    for each in candidates:
        titles.setdefault(payloads[each.id]["title_id"], []).append(each)
    return list(titles.values())


def _extent(identity: str, payload: Mapping[str, Any]) -> Extent:
    return Extent(identity, *(payload[name] for name in Extent._fields[1:]))
