"""From ranked candidates to the answer: ordered, merged, grouped, and cut to a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.records import Group, Hit, SearchResponse, Why
from app.search.arrange import by_title, diversified, in_order, merged
from app.search.combine import Candidate, Ranking
from app.search.cursor import write_cursor
from app.search.hits import explain, make_hit, make_part, span
from app.search.listing import Listing, order_key
from app.search.plan import SearchPlan
from indexer.points import CLIP_ID
from indexer.store.base import Store
from indexer.store.sparse import Bm25Words

HITS_OF_TITLE = 5
"""Hits shown of a title where they are grouped."""

Payloads = Mapping[str, Mapping[str, Any]]


def present(plan: SearchPlan, ranking: Ranking, store: Store) -> SearchResponse:
    """Return the page of the answer that the plan asks for."""
    show = plan.presentation
    payloads: Payloads = {}
    candidates = ranking.candidates
    if show.needs_payloads:
        payloads = read_payloads(plan, store, [each.id for each in candidates])
        known = [each for each in candidates if each.id in payloads]
        candidates = in_order(known, show.order, payloads)
    if show.diverse and show.order == "relevance":
        candidates = diversified(plan, candidates, store)
    if show.merge:
        candidates = merged(candidates, payloads)
    rows = by_title(candidates, payloads) if show.by_title else [[each] for each in candidates]
    (seen,) = show.position or (0,)
    page, end = rows[seen : seen + show.limit], seen + show.limit
    shown = [each for row in page for each in row[:HITS_OF_TITLE]]
    return SearchResponse(
        query=plan.echo,
        took_ms=0.0,
        hits=_hits(plan, shown, payloads, store),
        found=len(ranking.candidates),
        cut=ranking.cut,
        groups=[_group(row, payloads) for row in page] if show.by_title else [],
        next_cursor=write_cursor(show.fingerprint, [end]) if end < len(rows) else None,
        notice=plan.notice,
    )


def present_listing(plan: SearchPlan, listing: Listing) -> SearchResponse:
    """Return a page of what the filters leave as an answer."""
    key, hits = order_key(plan), []
    for place, record in enumerate(listing.records, start=listing.seen + 1):
        payload = record.payload or {}
        score = float(payload.get(key) or 0.0)
        why = Why(route="filter", rank=place, score=score)
        hits.append(make_hit(str(record.id), payload, score, [why]))
    cursor = None
    if listing.following is not None:
        cursor = write_cursor(plan.presentation.fingerprint, listing.following)
    return SearchResponse(
        query=plan.echo,
        took_ms=0.0,
        hits=hits,
        found=listing.found,
        next_cursor=cursor,
        notice=plan.notice,
    )


def read_payloads(plan: SearchPlan, store: Store, ids: Sequence[str]) -> Payloads:
    """Return the payloads of clips or shots by their ids; unknown ones are left out."""
    if not ids:
        return {}
    records = store.retrieve(plan.collection, ids, with_vectors=False)
    return {str(record.id): record.payload or {} for record in records}


def _hits(plan: SearchPlan, page: Sequence[Candidate], known: Payloads, store: Store) -> list[Hit]:
    wanted = {identity for each in page for identity in (each.id, *each.merged)}
    if plan.level == "clip":
        shots = [shot for each in page for shot in each.moment or ()]
        wanted.update(shot.payload[CLIP_ID] for shot in shots)
    payloads = {**known, **read_payloads(plan, store, sorted(wanted - known.keys()))}
    words = Bm25Words()
    return [_hit(plan, each, payloads, words) for each in page if each.id in payloads]


def _hit(plan: SearchPlan, candidate: Candidate, payloads: Payloads, words: Bm25Words) -> Hit:
    why = [explain(reason, words) for reason in candidate.reasons]
    if not why:
        why = [Why(route="filter", rank=1, score=candidate.score)]
    payload = payloads[candidate.id]
    hit = make_hit(candidate.id, payload, candidate.score, why)
    if candidate.moment:
        first, second = candidate.moment
        second_why = [explain(reason, words) for reason in candidate.second_reasons]
        parts = [make_part(first.id, first.payload, why)]
        parts.append(make_part(second.id, second.payload, second_why))
        last = payloads[second.payload[CLIP_ID]] if plan.level == "clip" else second.payload
        return span(hit, [payload] if last == payload else [payload, last], parts)
    if len(candidate.merged) > 1:
        parts = [make_part(each, payloads[each], []) for each in candidate.merged]
        spans = [payloads[each] for each in candidate.merged]
        return span(hit, spans, sorted(parts, key=lambda part: part.start_frame))
    return hit


def _group(row: Sequence[Candidate], payloads: Payloads) -> Group:
    payload = payloads[row[0].id]
    shown = [each.id for each in row[:HITS_OF_TITLE]]
    return Group(title_id=payload["title_id"], title=payload["title"], count=len(row), hits=shown)
