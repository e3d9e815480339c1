"""Makes a trailer from a pool of spans: chooses candidates and orders them."""

from collections.abc import Mapping, Sequence

from app.shortlists.records import Item
from app.trailer.arcs import arranged
from app.trailer.choosing import choose
from app.trailer.intensity import ranked
from app.trailer.objective import Objective
from app.trailer.records import Brief, Candidate, Span, TrailerError
from probes.tasks import TONE, Task

LAST_PART = 0.8
"""Where a title's ending begins, as a share of its length."""
_LEVELS = ("Calm moment", "Steady moment", "Intense moment")
"""Thirds of intensity, in words."""
POOL = 300
"""The worthiest spans that a choice is made from: more would only make it slower."""


def suggest(spans: Sequence[Span], brief: Brief, groups: Mapping[str, str]) -> list[Candidate]:
    """Return a trailer's candidates in their order; the same for the same spans.

    Args:
        spans: what may be taken; no two share a frame.
        brief: what is asked.
        groups: the group of each tone of the vocabulary.

    Raises:
        TrailerError: nothing of what may be taken is short enough.
    """
    kept = [span for span in spans if brief.spoilers or not tells_the_end(span)]
    kept = sorted(kept, key=lambda span: (-span.worthiness, span.title_id, span.start))[:POOL]
    pool = ranked(kept, groups)
    chosen = choose(pool, brief.seconds, Objective(pool, brief.seconds, brief.arc))
    if not chosen:
        raise TrailerError(
            f"{len(kept)} moments pass the filters, none of them fits into {brief.seconds:g} "
            "seconds; loosen the filters, allow endings, or ask for a longer trailer"
        )
    return arranged(chosen, brief.arc, lambda each: each.intensity)


def tells_the_end(span: Span) -> bool:
    """Return whether a span reaches into the last fifth of its title."""
    return span.ends > LAST_PART


def items(candidates: Sequence[Candidate]) -> list[Item]:
    """Return the items of a shortlist, each with the reason for which it was chosen."""
    return [
        Item(each.span.title_id, each.span.start, each.span.end, reason=_reason(each))
        for each in candidates
    ]


def _reason(candidate: Candidate) -> str:
    """Return why a moment suits its place, as a person would note it: ``Calm: playful, warm``."""
    level = _LEVELS[min(int(candidate.intensity * len(_LEVELS)), len(_LEVELS) - 1)]
    tones = ", ".join(candidate.span.tones)
    return f"{level}: {tones}" if tones else level


def tone_groups(tasks: Mapping[str, Task]) -> dict[str, str]:
    """Return the group of each tone of the vocabulary that is in use."""
    return {each.name: each.group for each in tasks[TONE].classes} if TONE in tasks else {}
