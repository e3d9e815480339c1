"""The items of a shortlist in order: to drag, move by buttons, select and remove.

One component for all of them, so that a list of a hundred items is drawn as quickly as one of
five. Plain files, no build step.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent
KEY = "shortlist.rows"


def draw_rows(
    rows: Sequence[dict[str, Any]], on_act: Callable[[dict[str, Any]], None], playing: bool = False
) -> None:
    """Draw the rows.

    Args:
        rows: as ``lines`` makes them.
        on_act: gets ``kind`` (choose, move or remove), ``id`` and ``to``.
        playing: whether the whole list is being played: then the player says which row is marked,
            and plays the one that is chosen.
    """

    def told() -> None:
        act = st.session_state[KEY]["act"]
        if act:
            on_act(dict(act))

    _component()(key=KEY, data={"rows": list(rows), "playing": playing}, on_act_change=told)


@cache
def _component() -> ComponentRenderer:
    html, css, js = ((_HERE / f"rows.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("reelfind_shortlist_rows", html=html, css=css, js=js)
