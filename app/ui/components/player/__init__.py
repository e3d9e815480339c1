"""The player: a span of a film, frame by frame, with marks, shuttle and trimming.

``st.video`` rounds its times to whole seconds, so this is a component of our own: plain
files, no build step. The film itself comes from the API in byte ranges.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.records import Hit, TitleSummary
from app.shortlists.records import Item
from app.titles.clock import clock_of
from app.ui.addresses import media_address, still_address
from app.ui.parts.card import frame_of, shot_of
from app.ui.parts.faces import ask_for_faces, faces_of_frame
from app.ui.parts.shortlisting import add_to_current
from app.ui.parts.words import plain
from app.ui.shared import page_runtime

_HERE = Path(__file__).parent

_SCRIPTS = ("timecode", "transport", "keys", "reason", "trim", "player")
"""The last one has the component; the browser takes them as one module."""

SURROUNDINGS = 5
"""Seconds before and after a span that are played with it on request."""

_TRIM_KEY = "player-span"
_DIALOG_KEY = "player-dialog"
_PLACE = "player.place"
"""Which of the hits the dialog plays."""
_FACES = "player.faces"


def play_dialog(hits: Sequence[Hit], place: int = 0) -> None:
    """Open a dialog that plays one of ``hits``, from the shot that matched to its last frame.

    Its keys lead to the hits before and after it.
    """
    st.session_state[_PLACE] = place
    st.session_state.pop(_FACES, None)
    st.dialog("Play", width="large", dismissible=True)(_play)(hits)


def span(hit: Hit) -> dict[str, Any]:
    """Return the player's data for a hit: frames with an exclusive end, their rate and timecode."""
    fps = Fraction(hit.fps)
    return {
        "src": media_address(hit.title_id),
        "start": hit.start_frame,
        "end": hit.end_frame,
        "at": frame_of(hit),
        "fps": hit.fps,
        "clock": clock_of(fps, hit.timecode_in, hit.start_frame).model_dump(),
        "offset": hit.picture_start,
        "poster": still_address(shot_of(hit)),
        "around": round(SURROUNDINGS * fps),
    }


@dataclass(frozen=True)
class Asked:
    """What somebody just asked a player for: both are None on most redraws.

    ``who``: the frame of which they want to know who is seen. ``span``: what they marked, to be
    added to the current shortlist: first frame and exclusive end.
    """

    who: int | None
    span: tuple[int, int] | None


def film_player(about: TitleSummary, frame_count: int, at: int, asks_who: bool = False) -> Asked:
    """Draw a player of a whole title, paused at the frame ``at``; the whole page has its keys.

    It sends and receives frames as events of the page: see ``player.js``.

    Args:
        about: the title.
        frame_count: of the title.
        at: where it is paused.
        asks_who: whether it has a button that asks who is seen.
    """
    whole = {"start": 0, "end": frame_count, "at": at, "add": True, "who": asks_who}
    return _drawn(f"film-{about.title_id}", _film(about, frame_count) | whole)


@dataclass(frozen=True)
class Trim:
    """What was trimmed: frames with an exclusive end; with ``text``, that was typed as an ``edge``.

    ``edge`` is "start" or "end", whichever was moved, and ``turn`` the number of the change.
    """

    start: int
    end: int
    edge: str
    text: str
    turn: int


def trim_player(
    about: TitleSummary,
    frame_count: int,
    shown: tuple[int, int],
    at_end: bool,
    turn: int,
    on_trim: Callable[[Trim], None],
) -> None:
    """Draw a paused player of a span, and controls that trim it.

    Args:
        about: the title.
        frame_count: its length.
        shown: first frame and exclusive end of the span.
        at_end: show the last frame instead of the first.
        turn: the last change that ``on_trim`` dealt with; 0 at first.
        on_trim: called once for a burst of changes.
    """

    def told() -> None:
        if trim := st.session_state[_TRIM_KEY]["trim"]:
            start, end = _told_span(trim)
            moved, text = str(trim["edge"]), str(trim.get("text", ""))
            on_trim(Trim(start, end, moved, text, int(trim["turn"])))

    start, end = shown
    about_span = {
        "start": start,
        "end": end,
        "at": end - 1 if at_end else start,
        "around": round(SURROUNDINGS * Fraction(about.fps)),
        "trim": True,
        "turn": turn,
    }
    _drawn(_TRIM_KEY, _film(about, frame_count) | about_span, on_trim=told)


def clip_player(hit: Hit) -> None:
    """Draw a paused player of ``hit`` in the page itself."""
    _drawn(f"player-{hit.id}", span(hit))


def _play(hits: Sequence[Hit]) -> None:
    place, last = st.session_state[_PLACE], len(hits) - 1
    hit = hits[place]
    st.markdown(f"**{plain(hit.title)}** · {hit.timecode_in} – {hit.timecode_out}")

    def leaf() -> None:
        by = int(st.session_state[_DIALOG_KEY]["hit"] or 0)
        st.session_state[_PLACE] = max(0, min(last, place + by))
        st.session_state.pop(_FACES, None)

    runtime = page_runtime()
    leaves = {"before": place > 0, "after": place < last}
    offers = {"add": True, "who": runtime.settings.who.enabled}
    data = span(hit) | {"plays": True, "leaf": leaves} | offers
    asked = _drawn(_DIALOG_KEY, data, on_hit=leaf)
    if asked.span is not None:
        add_to_current(runtime, Item(hit.title_id, *asked.span))
    ask_for_faces(_FACES, asked.who)
    faces_of_frame(runtime, hit.title_id, _FACES)
    if hit.text:
        st.text(hit.text)


def _drawn(key: str, data: dict[str, Any], **told: Callable[[], None]) -> Asked:
    """Draw a player.

    Args:
        key: unique on the page.
        data: what ``player.js`` takes.
        told: callbacks for what else the player tells.
    """
    hears = {"on_who": _nothing, "on_add": _nothing} | told
    changes: dict[str, Any] = {f"{name}_change": hear for name, hear in hears.items()}
    player = _component()(key=key, data=data, **changes)
    who, span = player.who, player.add
    return Asked(None if who is None else int(who), None if span is None else _told_span(span))


def _nothing() -> None:
    """Hear what the drawing of the player returns: callbacks must not draw."""


def _film(about: TitleSummary, frame_count: int) -> dict[str, Any]:
    return {
        "src": media_address(about.title_id),
        "frames": frame_count,
        "fps": about.fps,
        "clock": clock_of(Fraction(about.fps), about.start_timecode).model_dump(),
        "offset": about.picture_start,
        "keys": "page",
    }


def _told_span(told: dict[str, Any]) -> tuple[int, int]:
    return int(told["start"]), int(told["end"])


def scripts(*names: str) -> str:
    """Return scripts of the players as one; each uses those before it."""
    return "\n".join((_HERE / f"{name}.js").read_text("utf-8") for name in names)


def css() -> str:
    """Return the look of the players."""
    return (_HERE / "player.css").read_text("utf-8")


@cache
def _component() -> ComponentRenderer:
    html, js = (_HERE / "player.html").read_text("utf-8"), scripts(*_SCRIPTS)
    return st.components.v2.component("reelfind_player", html=html, css=css(), js=js)
