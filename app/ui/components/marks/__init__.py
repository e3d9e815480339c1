"""Mark In and Mark Out: two buttons that set an item's in or out to the player's current frame."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.ui.addresses import media_address

_HERE = Path(__file__).parent
KEY = "shortlist.marks"


def mark_buttons(title_id: str, on_mark: Callable[[str, int], None]) -> None:
    """Draw the buttons; ``on_mark`` gets "in" or "out", and the player's current frame."""

    def told() -> None:
        mark = st.session_state[KEY]["mark"]
        if mark:
            on_mark(str(mark["edge"]), int(mark["frame"]))

    _component()(key=KEY, data={"src": media_address(title_id)}, on_mark_change=told)


@cache
def _component() -> ComponentRenderer:
    html, css, js = ((_HERE / f"marks.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("reelfind_shortlist_marks", html=html, css=css, js=js)
