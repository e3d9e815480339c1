"""A player that plays one span of a film only.

``st.video`` rounds its times to whole seconds, so this is a component of our own: plain
files, no build step. The film itself comes from the API in byte ranges.
"""

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.records import Hit, TitleSummary
from app.ui.addresses import media_address, still_address
from app.ui.parts.card import frame_of, shot_of
from app.ui.parts.faces import ask_for_faces, faces_of_frame
from app.ui.parts.words import plain
from app.ui.shared import page_runtime

_HERE = Path(__file__).parent

SURROUNDINGS = 5
"""Seconds before and after a span that are played with it on request."""


def play_dialog(hit: Hit) -> None:
    """Open a dialog that plays ``hit``, from the shot that matched to its last frame."""
    title = f"{plain(hit.title)} · {hit.timecode_in} – {hit.timecode_out}"
    st.session_state.pop(_faces_key(hit), None)
    st.dialog(title, width="large")(_play)(hit)


def span(hit: Hit) -> dict[str, Any]:
    """Return the player's data for a hit: frames with an exclusive end, and their rate."""
    return {
        "src": media_address(hit.title_id),
        "start": hit.start_frame,
        "end": hit.end_frame,
        "at": frame_of(hit),
        "fps": hit.fps,
        "offset": hit.picture_start,
        "poster": still_address(shot_of(hit)),
        "around": round(SURROUNDINGS * Fraction(hit.fps)),
    }


def film_player(
    about: TitleSummary, frame_count: int, at: int, asks_who: bool = False
) -> int | None:
    """Draw a player of a whole title, paused at the frame ``at``.

    It sends and receives frames as events of the page: see ``player.js``.

    Args:
        about: the title.
        frame_count: of the title.
        at: where it is paused.
        asks_who: whether it has a button that asks who is seen.

    Returns:
        The frame of which somebody just asked that; None otherwise.
    """
    whole = {
        "src": media_address(about.title_id),
        "start": 0,
        "end": frame_count,
        "fps": about.fps,
        "offset": about.picture_start,
    }
    given = whole | {"at": at, "still": True, "who": asks_who}
    return _drawn(f"film-{about.title_id}", given)


def span_player(about: TitleSummary, start: int, end: int, at_end: bool) -> None:
    """Draw a paused player of frames ``start`` to ``end`` (exclusive).

    It shows the last frame with ``at_end``, else the first.
    """
    given = {
        "src": media_address(about.title_id),
        "start": start,
        "end": end,
        "fps": about.fps,
        "offset": about.picture_start,
    }
    around = round(SURROUNDINGS * Fraction(about.fps))
    at = end - 1 if at_end else start
    _drawn("player-span", given | {"around": around, "at": at, "still": True})


def clip_player(hit: Hit) -> None:
    """Draw a player of ``hit`` in the page itself."""
    _drawn(f"player-{hit.id}", span(hit))


def _play(hit: Hit) -> None:
    runtime, key = page_runtime(), _faces_key(hit)
    asks_who = runtime.settings.who.enabled
    ask_for_faces(key, _drawn(f"player-{hit.id}", span(hit) | {"who": asks_who}))
    faces_of_frame(runtime, hit.title_id, key)
    if hit.text:
        st.text(hit.text)


def _faces_key(hit: Hit) -> str:
    return f"faces.{hit.id}"


def _drawn(key: str, data: dict[str, Any]) -> int | None:
    """Draw a player; return the frame of which somebody just asked who is seen."""
    player = _component()(key=key, data=data, on_who_change=lambda: None)
    return None if player.who is None else int(player.who)


@cache
def _component() -> ComponentRenderer:
    html, css, js = (
        (_HERE / f"player.{kind}").read_text("utf-8") for kind in ("html", "css", "js")
    )
    return st.components.v2.component("reelfind_player", html=html, css=css, js=js)
