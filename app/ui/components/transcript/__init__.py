"""The transcript of a title: it follows and controls the player, and can be searched."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.titles.layout import Layout
from app.ui.addresses import media_address

_HERE = Path(__file__).parent


def transcript(layout: Layout) -> None:
    """Draw a title's transcript."""
    _component()(key=f"transcript-{layout.about.title_id}", data=transcript_data(layout))


def transcript_data(layout: Layout) -> dict[str, Any]:
    """Return the lines in order, in frames of the title."""
    return {
        "src": media_address(layout.about.title_id),
        "lines": [
            {"start": line.start_frame, "timecode": line.timecode_in, "text": line.text}
            for line in layout.lines
        ],
    }


@cache
def _component() -> ComponentRenderer:
    html, css, js = (
        (_HERE / f"transcript.{kind}").read_text("utf-8") for kind in ("html", "css", "js")
    )
    return st.components.v2.component("reelfind_transcript", html=html, css=css, js=js)
