"""A player that plays one span of a film and nothing around it.

``st.video`` rounds its times to whole seconds, so this is a component of our own: plain
files, no build step. The film itself comes from the API in byte ranges.
"""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.results import Hit
from app.ui.components.words import plain

_HERE = Path(__file__).parent


def play_dialog(hit: Hit) -> None:
    """Open a dialog that plays ``hit`` from its first frame to its last."""
    title = f"{plain(hit.title)} · {hit.timecode_in} – {hit.timecode_out}"
    st.dialog(title, width="large")(_play)(hit)


def span(hit: Hit) -> dict[str, Any]:
    """Return what the player has to know: frames with an exclusive end, and their rate."""
    return {
        "src": f"/api/v1/media/{hit.title_id}",
        "start": hit.start_frame,
        "end": hit.end_frame,
        "fps": hit.fps,
        "poster": f"/api/v1/stills/{hit.id}",
    }


def _play(hit: Hit) -> None:
    _component()(key=f"player-{hit.id}", data=span(hit))
    if hit.text:
        st.text(hit.text)


@cache
def _component() -> ComponentRenderer:
    html, css, js = (_HERE.joinpath(f"player.{kind}").read_text() for kind in ("html", "css", "js"))
    return st.components.v2.component("reelfind_player", html=html, css=css, js=js)
