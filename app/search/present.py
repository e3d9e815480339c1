"""Turns ranked candidates into the answer: orders, merges and groups them, and cuts a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.records import Group, Hit, Matched, OwnScores, Part, SearchResponse, Why
from app.search.arrange import by_title, diversified, in_order, merged
from app.search.combine import Candidate, Ranking, Reason
from app.search.cursor import write_cursor
from app.search.listing import Listing, order_key
from app.search.nearest import SPOKEN
from app.search.plan import SearchPlan
from app.search.quotes import find_phrase, phrases
from app.search.worth import WORTH, Percentiles
from indexer.points import SCREEN_TEXT
from indexer.scoring import USER_FIELD
from indexer.store.base import Store
from indexer.store.names import CLIP_ID
from indexer.store.sparse import Bm25Words
from indexer.traits import FIELD, split

Payloads = Mapping[str, Mapping[str, Any]]


def present(plan: SearchPlan, ranking: Ranking, store: Store) -> SearchResponse:
    """Return the page of the answer that the plan asks for."""
    show = plan.presentation
    payloads: Payloads = {}
    candidates = ranking.candidates
    if show.merge or show.by_title or show.order != "relevance":
        payloads = read_payloads(plan, store, [each.id for each in candidates])
        known = [each for each in candidates if each.id in payloads]
        candidates = in_order(known, show.order, payloads)
    if show.diverse and show.order == "relevance":
        candidates = diversified(plan, candidates, store)
    if show.merge:
        candidates = merged(candidates, payloads, plan.settings.longest_moment)
    rows = by_title(candidates, payloads) if show.by_title else [[each] for each in candidates]
    (seen,) = show.position or (0,)
    page, end = rows[seen : seen + show.limit], seen + show.limit
    shown = [each for row in page for each in row[: plan.settings.hits_of_title]]
    return SearchResponse(
        query=plan.echo,
        took_ms=0.0,
        hits=_hits(plan, shown, payloads, store),
        found=len(ranking.candidates),
        cut=ranking.cut,
        preferences=[each for query in plan.queries for each in query.preferences],
        groups=[_group(plan, row, payloads) for row in page] if show.by_title else [],
        next_cursor=write_cursor(show.fingerprint, [end]) if end < len(rows) else None,
        notice=plan.notice,
    )


def present_listing(plan: SearchPlan, listing: Listing) -> SearchResponse:
    """Return a page of the listing as an answer."""
    key, hits = order_key(plan), []
    for place, record in enumerate(listing.records, start=listing.seen + 1):
        payload = record.payload or {}
        score = float(payload.get(key) or 0.0)
        why = Why(route="filter", rank=place, score=score)
        hits.append(make_hit(str(record.id), payload, score, [why], plan.percentiles))
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
    matched = payloads if plan.level == "shot" else _matched_shots(plan, page, store)
    words = Bm25Words()
    return [
        _hit(plan, each, payloads, words).model_copy(update={"match": _match(each, matched)})
        for each in page
        if each.id in payloads
    ]


def _matched_shots(plan: SearchPlan, page: Sequence[Candidate], store: Store) -> Payloads:
    """Return the payloads of the shots by which clips were found, by their ids."""
    wanted = sorted({each.reasons[0].match.shot for each in page if each.reasons})
    records = store.retrieve(plan.shots, wanted, with_vectors=False) if wanted else []
    return {str(record.id): record.payload or {} for record in records}


def _match(candidate: Candidate, shots: Payloads) -> Matched | None:
    """Return the shot that matched best, by the most telling reason."""
    if not candidate.reasons:
        return None
    reason = candidate.reasons[0]
    payload = shots.get(reason.match.shot)
    if payload is None:
        return None
    return Matched(
        shot_id=reason.match.shot,
        frame=payload["start_frame"],
        timecode=payload["timecode_in"],
        route=reason.route,
        strength=round(reason.strength, 4),
    )


def _hit(plan: SearchPlan, candidate: Candidate, payloads: Payloads, words: Bm25Words) -> Hit:
    why = [explain(reason, words) for reason in candidate.reasons]
    if not why:
        why = [Why(route="filter", rank=1, score=candidate.score)]
    payload = payloads[candidate.id]
    hit = make_hit(candidate.id, payload, candidate.score, why, plan.percentiles)
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


def _group(plan: SearchPlan, row: Sequence[Candidate], payloads: Payloads) -> Group:
    payload = payloads[row[0].id]
    shown = [each.id for each in row[: plan.settings.hits_of_title]]
    return Group(title_id=payload["title_id"], title=payload["title"], count=len(row), hits=shown)


def explain(reason: Reason, words: Bm25Words) -> Why:
    """Return a reason as an answer has it, with the words of the search marked in the line."""
    line = reason.match.line if reason.route in SPOKEN else None
    marks = mark(line, words, reason.text) if line else []
    shown = _shown(reason, words) if not marks else None
    if shown is not None:
        line, marks = shown, mark(shown, words, reason.text)
    return Why(
        route=reason.route,
        rank=reason.rank,
        score=round(reason.match.score, 4),
        strength=round(reason.strength, 4),
        preferred=reason.text if reason.route == "preference" else None,
        line=line,
        exact=reason.route == "words" and words.has_all(line or "", reason.text),
        marks=marks,
        line_from=None if line is None else "dialogue" if shown is None else "screen",
    )


def _shown(reason: Reason, words: Bm25Words) -> str | None:
    """Return the lines of text on screen that have words of the search; None if none has."""
    lines = [each for each in reason.match.shown if words.marks(each, reason.text)]
    return " · ".join(lines) or None


def mark(line: str, words: Bm25Words, text: str) -> list[tuple[int, int]]:
    """Return the places of a query's words in a line; a phrase in quotes is one mark."""
    whole = [span for span in (find_phrase(line, each) for each in phrases(text)) if span]
    single = [
        (start, end)
        for start, end in words.marks(line, text)
        if not any(start < last and first < end for first, last in whole)
    ]
    return sorted({*whole, *single})


def make_hit(
    identity: str,
    payload: Mapping[str, Any],
    score: float,
    why: Sequence[Why],
    percentiles: Percentiles,
) -> Hit:
    """Return a hit from a point's payload; ``percentiles`` are those of its collection."""
    names = Hit.model_fields.keys() & payload.keys()
    known = {name: payload[name] for name in names}
    own = {
        name.removeprefix(USER_FIELD): _own_scores(value)
        for name, value in payload.items()
        if name.startswith(USER_FIELD)
    }
    known |= split(payload.get(FIELD, []))
    known["worthiness_percentile"] = round(percentiles.of(float(payload[WORTH])), 4)
    said = " ".join(payload["lines"])
    return Hit(id=identity, score=score, why=list(why), text=said, own_tasks=own, **known)


def _own_scores(value: list[str] | float) -> OwnScores:
    return OwnScores(classes=value) if isinstance(value, list) else OwnScores(score=value)


def make_part(identity: str, payload: Mapping[str, Any], why: Sequence[Why]) -> Part:
    """Return a part of a moment from the payload of its shot or clip."""
    names = Part.model_fields.keys() & payload.keys()
    return Part(id=identity, why=list(why), **{name: payload[name] for name in names})


def span(hit: Hit, payloads: Sequence[Mapping[str, Any]], parts: Sequence[Part]) -> Hit:
    """Return a hit that spans clips or shots, from the first's start to the last's end.

    Args:
        hit: one of them.
        payloads: of all of them, in any order.
        parts: of the answer.
    """
    first = min(payloads, key=lambda each: int(each["start_frame"]))
    last = max(payloads, key=lambda each: int(each["end_frame"]))
    ordered = sorted(payloads, key=lambda each: int(each["start_frame"]))
    return hit.model_copy(
        update={
            **{key: first[key] for key in ("start_frame", "start_seconds", "timecode_in")},
            **{key: last[key] for key in ("end_frame", "end_seconds", "timecode_out")},
            "text": " ".join(line for each in ordered for line in each["lines"]),
            SCREEN_TEXT: list(
                dict.fromkeys(line for each in ordered for line in each.get(SCREEN_TEXT, ()))
            ),
            "parts": list(parts),
        }
    )
