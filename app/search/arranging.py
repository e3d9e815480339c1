"""From candidates to a page: in another order, spread out, joined to moments, by title."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.search.likeness import spread, vectors_of
from app.search.moments import Unit, join_touching
from app.search.ranking import Candidate
from app.search.request import SearchRequest
from indexer.store.base import Store

Payloads = Mapping[str, Mapping[str, Any]]

SPREAD = 200
"""Candidates that diversity puts into order; the others follow as they are."""
OF_TITLE = 5
"""Hits shown of a title where they are grouped."""


@dataclass(frozen=True)
class Item:
    """A hit to be: a candidate, and the ids of the clips or shots that it joins."""

    candidate: Candidate
    joined: tuple[str, ...] = ()


def needs_payloads(request: SearchRequest) -> bool:
    """Say whether every candidate's payload is needed, not only those of the page."""
    return request.merge or request.group == "title" or request.order != "relevance"


def in_order(
    candidates: Sequence[Candidate], request: SearchRequest, payloads: Payloads
) -> list[Candidate]:
    """Return the candidates in the request's order; one without the score of it comes last."""

    def key(each: Candidate) -> tuple[Any, ...]:
        payload = payloads[each.id]
        if request.order == "time":
            return (payload["title"], payload["title_id"], payload["start_frame"])
        score = payload.get(request.order.replace("-", "_"))
        return (score is None, -(score or 0.0), each.id)

    if request.order == "relevance":
        return list(candidates)
    return sorted(candidates, key=key)


def spread_out(
    candidates: Sequence[Candidate], store: Store, collection: str, weight: float
) -> list[Candidate]:
    """Return the candidates, the first ``SPREAD`` by maximal marginal relevance."""
    first, rest = candidates[:SPREAD], candidates[SPREAD:]
    vectors = vectors_of(store, collection, [each.id for each in first])
    width = next((len(vector) for vector in vectors.values()), 1)
    missing = np.zeros(width, dtype=np.float32)
    order = spread(
        [each.score for each in first], [vectors.get(each.id, missing) for each in first], weight
    )
    return [*(first[place] for place in order), *rest]


def joined(candidates: Sequence[Candidate], payloads: Payloads) -> list[Item]:
    """Return the candidates with those that touch joined, each moment at its best one's place."""
    by_id = {each.id: each for each in candidates}
    moments = join_touching([_unit(each.id, payloads[each.id]) for each in candidates])
    return [Item(by_id[moment[0].id], tuple(unit.id for unit in moment)) for moment in moments]


def by_title(items: Sequence[Item], payloads: Payloads) -> list[list[Item]]:
    """Return the items of each title together, titles in the order of their first ones."""
    titles: dict[str, list[Item]] = {}
    for item in items:
        titles.setdefault(payloads[item.candidate.id]["title_id"], []).append(item)
    return list(titles.values())


def _unit(identity: str, payload: Mapping[str, Any]) -> Unit:
    return Unit(
        identity,
        payload["title_id"],
        payload["start_frame"],
        payload["end_frame"],
        payload["start_seconds"],
        payload["end_seconds"],
    )
