"""An uploaded image or short clip to search by, kept in the browser session.

It is too long for an address, so a link to the search does not include it.
"""

import base64
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import streamlit as st

from app.search.request import SearchRequest

STILLS = ("jpg", "jpeg", "png", "webp")
CLIPS = ("mp4", "mov", "mkv", "webm")
MEGABYTES = 12
"""The largest file: what the search itself takes, as base64."""

_KEY = "example"


@dataclass(frozen=True)
class Example:
    """An uploaded example: the field of a search it fills, its name, and its content as base64."""

    kind: Literal["still", "clip"]
    name: str
    encoded: str


def keep_example(name: str, content: bytes) -> None:
    """Use a file as the example of the search."""
    is_clip = PurePath(name).suffix.casefold().removeprefix(".") in CLIPS
    encoded = base64.b64encode(content).decode()
    st.session_state[_KEY] = Example("clip" if is_clip else "still", name, encoded)


def take_example(name: str, request: SearchRequest) -> None:
    """Use the example in ``request``; clear it if the request has none."""
    drop_example()
    if request.still:
        st.session_state[_KEY] = Example("still", name, request.still)
    elif request.clip:
        st.session_state[_KEY] = Example("clip", name, request.clip)


def drop_example() -> None:
    """Clear the example."""
    st.session_state.pop(_KEY, None)


def example_name() -> str:
    """Return the example's file name; empty without one."""
    example: Example | None = st.session_state.get(_KEY)
    return example.name if example else ""


def read_example() -> dict[str, str]:
    """Return the example as a field of a search; empty without one."""
    example: Example | None = st.session_state.get(_KEY)
    return {example.kind: example.encoded} if example else {}
