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
    "picture": "Visual match",
    "dialogue": "Similar dialogue",
    "words": "Words in dialogue",
    "context": "Matches the surrounding scene",
    "like": "Similar to your examples",
    "still": "Similar to your image",
    "clip": "Similar to your clip",
    "preference": "Preferred",
}
TONES_SHOWN = 3


def card_html(hit: Hit) -> str:
    """Return a hit's card, with the query's words marked in its lines."""
    return (
        f'<article class="card">{_still(hit)}'
        f'<h3 title="{escape(hit.title)}">{escape(hit.title)}</h3>'
        f'<p class="timecode">{escape(hit.timecode_in)} – {escape(hit.timecode_out)}</p>'
        f"{_match(hit)}{_scores(hit)}{_tags(hit)}</article>"
    )


def _still(hit: Hit) -> str:
    seconds = hit.end_seconds - hit.start_seconds
    return (
        f'<div class="still"><img src="{still_address(escape(shot_of(hit)))}" loading="lazy" '
        f'alt="Still of {escape(hit.title)} at {escape(timecode_of(hit))}">'
        f'<span class="duration">{seconds:.1f} s</span></div>'
    )


def shot_of(hit: Hit) -> str:
    """Return the id of what shows a hit: the shot that matched, where one did."""
    return hit.match.shot_id if hit.match else hit.id


def frame_of(hit: Hit) -> int:
    """Return the frame that a hit is played from: the first of the shot that matched."""
    return hit.match.frame if hit.match else hit.start_frame


def timecode_of(hit: Hit) -> str:
    """Return the timecode of ``frame_of``."""
    return hit.match.timecode if hit.match else hit.timecode_in


def _match(hit: Hit) -> str:
    """Return how a hit matched, how well, and its line; the other reasons are folded away."""
    if hit.match is None or not hit.why:
        return ""
    first = hit.why[0]
    return (
        f"<details><summary>{_reason(first)} <b>{hit.match.strength:.0%}</b> "
        f"<span>Why?</span></summary><p>Best shot at {escape(timecode_of(hit))}</p>"
        f"<ul>{_reasons(hit.why)}</ul></details>"
        f'<p class="why">{_line(first)}</p>'
    )


def _reasons(why: list[Why]) -> str:
    """Return all reasons, each line quoted once."""
    quoted = {why[0].line}
    items = []
    for reason in why:
        line = "" if reason.line in quoted else _line(reason)
        quoted.add(reason.line)
        how = f"{_reason(reason)}: {reason.strength:.0%}, no. {reason.rank}"
        items.append(f"<li>{how}{line}</li>")
    return "".join(items)


def _reason(reason: Why) -> str:
    if reason.preferred:
        return f"{_REASONS[reason.route]} “{escape(reason.preferred)}”"
    if reason.line_from == "screen":
        return "Text on screen"
    return "Exact dialogue" if reason.exact else _REASONS.get(reason.route, "")


def _line(reason: Why) -> str:
    return f"<q>{marked(reason.line, reason.marks)}</q>" if reason.line else ""


def _scores(hit: Hit) -> str:
    """Return clip-worthiness within the catalogue and popularity within the title, in a line."""
    said = {CLIP_WORTHINESS: f"Worth {percentile(hit.worthiness_percentile)}"}
    if hit.popularity is not None:
        said[POPULARITY] = f"Popularity {hit.popularity:.0%}"
    scores = " · ".join(_score(hit, task, text) for task, text in said.items())
    guessed = any(_probe(hit, task) == ZERO_SHOT for task in said)
    estimated = ' <small title="No labels behind it">Estimated</small>' if guessed else ""
    return f'<p class="score">{scores}{estimated}</p>'


def _score(hit: Hit, task: str, said: str) -> str:
    """Return a score, with what stands behind it: of a trained probe, a chance."""
    probe = _probe(hit, task)
    if probe == ZERO_SHOT:
        return said
    chance = f"{hit.clip_worthiness:.0%} likely, " if task == CLIP_WORTHINESS else ""
    return f'{said} <small title="Trained probe {escape(probe)}">{chance}by labels</small>'


def _probe(hit: Hit, task: str) -> str:
    """Return the trained probe that scored a task, or "zero-shot"."""
    return ZERO_SHOT if task in hit.zero_shot else hit.scored_by.get(task, ZERO_SHOT)


def percentile(share: float) -> str:
    """Return a share as a percentile: 0.923 is "92nd percentile"."""
    number = round(100 * share)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending} percentile"


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
