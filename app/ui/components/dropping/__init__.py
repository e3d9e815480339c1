"""A drop area for films, which uploads them straight to the server's disk.

``st.file_uploader`` keeps a file in the server's memory, which is too small for a film.
"""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.uploads import BESIDE, PATH, TICKET
from indexer.discovery import MEDIA_SUFFIXES

_HERE = Path(__file__).parent


def drop_zone(ticket: str, largest: int, key: str) -> list[str]:
    """Draw the drop area, and return the names of files that were just completely uploaded.

    Args:
        ticket: from the inbox, for this page.
        largest: the most bytes of a file.
        key: of the component.
    """
    data = {
        "path": PATH.removeprefix("/"),
        "header": TICKET,
        "ticket": ticket,
        "largest": largest,
        "accept": ",".join(sorted(MEDIA_SUFFIXES | BESIDE)),
    }
    answer = _component()(key=key, data=data, on_sent_change=lambda: None)
    return list(answer.get("sent") or [])


@cache
def _component() -> ComponentRenderer:
    html, css, js = ((_HERE / f"drop.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("reelfind_drop", html=html, css=css, js=js)
