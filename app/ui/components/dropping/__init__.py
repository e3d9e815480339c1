"""A place to drop films on, which sends them straight to the server's disk.

``st.file_uploader`` holds a file in the server's memory, and a film does not fit there.
"""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.uploads import BESIDE, PATH, TICKET
from indexer.discovery import MEDIA_SUFFIXES

_HERE = Path(__file__).parent


def drop_zone(ticket: str, largest: int, key: str) -> list[str]:
    """Draw the place, and return the names of files that have just arrived whole.

    Args:
        ticket: that the inbox gave for this page.
        largest: bytes of a file that is taken, at most.
        key: of the component.
    """
    data = {
        "path": PATH,
        "header": TICKET,
        "ticket": ticket,
        "largest": largest,
        "accept": ",".join(sorted(MEDIA_SUFFIXES | BESIDE)),
    }
    answer = _component()(key=key, data=data, on_sent_change=lambda: None)
    return list(answer.get("sent") or [])


@cache
def _component() -> ComponentRenderer:
    html, css, js = (_HERE.joinpath(f"drop.{kind}").read_text() for kind in ("html", "css", "js"))
    return st.components.v2.component("reelfind_drop", html=html, css=css, js=js)
