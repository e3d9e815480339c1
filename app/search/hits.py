"""Hits, made from the payloads of points and the reasons why they were found."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.records import Hit, Part, Why
from app.search.combine import Reason
from app.search.quotes import find_phrase, phrases
from app.search.request import RouteName
from indexer.scoring import USER_FIELD
from indexer.store.sparse import Bm25Words

Payload = Mapping[str, Any]

SPOKEN: frozenset[RouteName] = frozenset({"dialogue", "words", "context"})
"""The routes that a line can be the reason of."""


def explain(reason: Reason, words: Bm25Words) -> Why:
    """Return a reason as an answer has it, with the words of the search marked in the line."""
    line = reason.match.line if reason.route in SPOKEN else None
    return Why(
        route=reason.route,
        rank=reason.rank,
        score=round(reason.match.score, 4),
        line=line,
        marks=mark(line, words, reason.text) if line else [],
    )


def mark(line: str, words: Bm25Words, text: str) -> list[tuple[int, int]]:
    """Return where the words of a search stand in a line; a phrase in quotes is one mark."""
    whole = [span for span in (find_phrase(line, each) for each in phrases(text)) if span]
    single = [
        (start, end)
        for start, end in words.marks(line, text)
        if not any(start < last and first < end for first, last in whole)
    ]
    return sorted({*whole, *single})


def make_hit(identity: str, payload: Payload, score: float, why: Sequence[Why]) -> Hit:
    """Return a hit from a point's payload."""
    names = Hit.model_fields.keys() & payload.keys()
    known = {name: payload[name] for name in names}
    own = {
        name.removeprefix(USER_FIELD): value
        for name, value in payload.items()
        if name.startswith(USER_FIELD)
    }
    said = " ".join(payload["lines"])
    return Hit(id=identity, score=score, why=list(why), text=said, own_tasks=own, **known)


def make_part(identity: str, payload: Payload, why: Sequence[Why]) -> Part:
    """Return a part of a moment from the payload of its shot or clip."""
    names = Part.model_fields.keys() & payload.keys()
    return Part(id=identity, why=list(why), **{name: payload[name] for name in names})


def span(hit: Hit, payloads: Sequence[Payload], parts: Sequence[Part]) -> Hit:
    """Return the hit made to span clips or shots, from the first's start to the last's end.

    Args:
        hit: one of them.
        payloads: what they carry, in any order.
        parts: what it is made of, as the answer has it.
    """
    first = min(payloads, key=lambda each: int(each["start_frame"]))
    last = max(payloads, key=lambda each: int(each["end_frame"]))
    ordered = sorted(payloads, key=lambda each: int(each["start_frame"]))
    return hit.model_copy(
        update={
            **{key: first[key] for key in ("start_frame", "start_seconds", "timecode_in")},
            **{key: last[key] for key in ("end_frame", "end_seconds", "timecode_out")},
            "text": " ".join(line for each in ordered for line in each["lines"]),
            "parts": list(parts),
        }
    )
