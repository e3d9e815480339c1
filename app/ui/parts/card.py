"""One hit as a card: still, title, timecode, scores and why it was found.

Everything that comes from films and their texts is escaped; nothing else builds HTML.
"""

from html import escape

from app.records import Hit, Why
from app.search.request import RouteName
from app.ui.addresses import still_address
from app.ui.parts.words import marked
from probes.tasks import CLIP_WORTHINESS, POPULARITY, ZERO_SHOT

_REASONS: dict[RouteName, str] = {
    "picture": "Looks like it",
    "dialogue": "Said in other words",
    "words": "Said in these words",
    "context": "Fits here by its context",
    "like": "Like the examples",
    "still": "Looks like the picture",
    "clip": "Like the clip",
    "preference": "Preferred",
    "filter": "Passes the filters",
}
_MEASURES: dict[RouteName, str] = {
    "picture": "cosine",
    "dialogue": "cosine",
    "words": "BM25",
    "context": "cosine",
    "like": "cosine",
    "still": "cosine",
    "clip": "cosine",
    "preference": "cosine",
    "filter": "order",
}
TONES_SHOWN = 3


def card_html(hit: Hit) -> str:
    """Return a hit's card, with the query's words marked in its lines."""
    return (
        f'<article class="card">{_still(hit)}'
        f'<h3 title="{escape(hit.title)}">{escape(hit.title)}</h3>'
        f'<p class="timecode">{escape(hit.timecode_in)} – {escape(hit.timecode_out)}</p>'
        f"{_reasons(hit.why)}{_worthiness(hit)}{_popularity(hit)}{_tags(hit)}</article>"
    )


def _still(hit: Hit) -> str:
    seconds = hit.end_seconds - hit.start_seconds
    return (
        f'<div class="still"><img src="{still_address(escape(hit.id))}" loading="lazy" '
        f'alt="Still of {escape(hit.title)} at {escape(hit.timecode_in)}">'
        f'<span class="duration">{seconds:.1f} s</span></div>'
    )


def _reasons(why: list[Why]) -> str:
    return "".join(
        f'<p class="why" title="rank {reason.rank} by {_MEASURES[reason.route]}, '
        f'{reason.score:.2f}"><span>{_reason(reason)}</span>'
        f"{_line(reason)}</p>"
        for reason in why
    )


def _reason(reason: Why) -> str:
    return "On screen" if reason.line_from == "screen" else _REASONS[reason.route]


def _line(reason: Why) -> str:
    if reason.preferred:
        return f"<q>{escape(reason.preferred)}</q>"
    return f"<q>{marked(reason.line, reason.marks)}</q>" if reason.line else ""


def _worthiness(hit: Hit) -> str:
    return _bar("Clip-worthiness", hit.clip_worthiness, _kind(hit, CLIP_WORTHINESS))


def _popularity(hit: Hit) -> str:
    if hit.popularity is None:
        return ""
    return _bar("Popularity", hit.popularity, _kind(hit, POPULARITY))


def _bar(name: str, score: float, kind: str) -> str:
    return (
        f'<p class="score"><span>{name}</span>'
        f'<span class="meter"><i style="width: {score:.0%}"></i></span>'
        f"<b>{score:.2f}</b>{kind}</p>"
    )


def _tags(hit: Hit) -> str:
    tones = [_tag(hit, tone, "tone") for tone in hit.tones[:TONES_SHOWN]]
    genres = [_tag(hit, genre, "genre") for genre in hit.genres]
    if not tones and not genres:
        return ""
    return f'<ul class="tags">{"".join(tones + genres)}</ul>'


def _tag(hit: Hit, name: str, task: str) -> str:
    """Return a class as a chip; dashed if its score is zero-shot."""
    if name in hit.zero_shot:
        return f'<li class="{task} guessed" title="zero-shot {task}">{escape(name)}</li>'
    probe = hit.scored_by.get(task, ZERO_SHOT)
    source = "" if probe == ZERO_SHOT else f' title="{task} by probe {escape(probe[:8])}"'
    return f'<li class="{task}"{source}>{escape(name)}</li>'


def _kind(hit: Hit, task: str) -> str:
    """Return the source of a score: a trained probe, with its name, or zero-shot."""
    probe = hit.scored_by.get(task, ZERO_SHOT)
    if task in hit.zero_shot or probe == ZERO_SHOT:
        return '<small title="Estimated without labels">zero-shot</small>'
    return f'<small title="Trained probe {escape(probe)}">probe {escape(probe[:8])}</small>'
