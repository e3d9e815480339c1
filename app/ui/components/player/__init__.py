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
from app.ui.parts.words import plain

_HERE = Path(__file__).parent

SURROUNDINGS = 5
"""Seconds before and after a span that are played with it on request."""


def play_dialog(hit: Hit) -> None:
    """Open a dialog that plays ``hit`` from its first frame to its last."""
    title = f"{plain(hit.title)} · {hit.timecode_in} – {hit.timecode_out}"
    st.dialog(title, width="large")(_play)(hit)


def span(hit: Hit) -> dict[str, Any]:
    """Return the player's data for a hit: frames with an exclusive end, and their rate."""
    return {
        "src": media_address(hit.title_id),
        "start": hit.start_frame,
        "end": hit.end_frame,
        "fps": hit.fps,
        "offset": hit.picture_start,
        "poster": still_address(hit.id),
        "around": round(SURROUNDINGS * Fraction(hit.fps)),
    }


def film_player(about: TitleSummary, frame_count: int, at: int) -> None:
    """Draw a player of a whole title, paused at the frame ``at``.

    It sends and receives frames as events of the page: see ``player.js``.
    """
    whole = {
        "src": media_address(about.title_id),
        "start": 0,
        "end": frame_count,
        "fps": about.fps,
        "offset": about.picture_start,
    }
    _component()(key=f"film-{about.title_id}", data=whole | {"at": at, "still": True})


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
    _component()(key="player-span", data=given | {"around": around, "at": at, "still": True})


def clip_player(hit: Hit) -> None:
    """Draw a player of ``hit`` in the page itself."""
    _component()(key=f"player-{hit.id}", data=span(hit))


def _play(hit: Hit) -> None:
    clip_player(hit)
    if hit.text:
        st.text(hit.text)


@cache
def _component() -> ComponentRenderer:
    html, css, js = (
        (_HERE / f"player.{kind}").read_text("utf-8") for kind in ("html", "css", "js")
    )
    return st.components.v2.component("reelfind_player", html=html, css=css, js=js)
