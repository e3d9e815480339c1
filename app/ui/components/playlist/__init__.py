"""The player of a whole shortlist: its items in order, from their films, with nothing rendered."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.exports.playlist import Part, Playlist
from app.titles.clock import clock_of
from app.ui.addresses import media_address
from app.ui.components import player

_HERE = Path(__file__).parent
_KEY = "playlist"
SCRIPTS = ("timecode", "transport", "keys", "reason")
"""Of the player; ``playlist.js`` uses them."""


def play_list(
    playlist: Playlist, on_edit: Callable[[str], None], on_close: Callable[[], None]
) -> None:
    """Play a shortlist from its first item; the whole page has the player's keys.

    Args:
        playlist: what is played.
        on_edit: called with the id of the item that somebody wants to edit.
        on_close: called when they close the player.
    """

    def edit() -> None:
        if item_id := st.session_state[_KEY]["edit"]:
            on_edit(str(item_id))

    data = {
        "fps": _rate(playlist.fps.as_integer_ratio()),
        "clock": clock_of(playlist.fps, playlist.start_timecode).model_dump(),
        "frames": playlist.frames,
        "items": [_item(part) for part in playlist.parts],
        "edits": True,
    }
    _component()(key=_KEY, data=data, on_edit_change=edit, on_close_change=on_close)


def _item(part: Part) -> dict[str, Any]:
    item = {
        "id": part.item.item_id,
        "position": part.position,
        "name": f"Title {part.item.title_id}",
        "record": part.record_start,
        "length": part.record_frames,
        "problem": part.problem,
    }
    if part.manifest is None:
        return item
    media = part.manifest.title.media
    return item | {
        "name": part.manifest.title.metadata.name,
        "src": media_address(part.item.title_id),
        "start": part.start,
        "end": part.end,
        "fps": _rate(media.fps.as_integer_ratio()),
        "clock": clock_of(media.fps, media.start_timecode).model_dump(),
        "offset": float(media.picture_start),
    }


def _rate(ratio: tuple[int, int]) -> str:
    return f"{ratio[0]}/{ratio[1]}"


@cache
def _component() -> ComponentRenderer:
    html, css, js, component = (
        (_HERE / name).read_text("utf-8")
        for name in ("playlist.html", "playlist.css", "playlist.js", "component.js")
    )
    return st.components.v2.component(
        "reelfind_playlist",
        html=html,
        css=f"{player.css()}\n{css}",
        js=f"{player.scripts(*SCRIPTS)}\n{js}\n{component}",
    )
