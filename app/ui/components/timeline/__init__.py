"""The timeline of a whole title: score curves, sound, clips, and a strip of shots.

The strip draws only the shots in view, so a film of thousands is as quick as a short one. It
follows and controls the player next to it, by events of the page (``player.js``).
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.titles.layout import Layout, Span
from app.titles.records import TitleSound
from app.ui.addresses import media_address

_HERE = Path(__file__).parent

MOST_CURVES = 6
"""Curves that can be told apart, by colour and by dashes."""

STEPS = 500
"""Steps of the sound that are drawn, about one for two pixels."""
SURE = 50
"""Percent from which on speech and music are drawn."""


def timeline(
    layout: Layout,
    curves: Mapping[str, list[float]],
    sound: TitleSound | None,
    clip: str,
    at: int,
    on_rest: Callable[[], None],
) -> None:
    """Draw the timeline; ``on_rest`` is called when the player has stopped at another frame.

    Args:
        layout: the title.
        curves: a score for each shot, by name.
        sound: what is heard along it, if it was measured.
        clip: the id of the clip that the page shows.
        at: the player's frame when the page opens.
        on_rest: gets the place from ``resting_place``.
    """
    data = timeline_data(layout, curves, sound) | {"clip": clip, "at": at}
    _component()(key=_key(layout.about.title_id), data=data, on_rest_change=on_rest)


def resting_place(title_id: str) -> tuple[str, int] | None:
    """Return the id of the clip in which the player stopped, and the frame, if it moved."""
    state = st.session_state.get(_key(title_id))
    rest = state.get("rest") if state else None
    return (str(rest["clip"]), int(rest["frame"])) if rest else None


def timeline_data(
    layout: Layout, curves: Mapping[str, list[float]], sound: TitleSound | None
) -> dict[str, Any]:
    """Return the timeline's data: in columns, which are half the size of rows."""
    return {
        "src": media_address(layout.about.title_id),
        "frames": layout.frame_count,
        "shots": _columns(layout.shots),
        "clips": _columns(layout.clips),
        "curves": [{"name": name, "values": values} for name, values in curves.items()],
        "sound": _sound(layout, sound),
    }


def _sound(layout: Layout, sound: TitleSound | None) -> dict[str, Any] | None:
    """Return what the timeline draws of the sound; None if there is none.

    ``step`` is in frames, ``speech`` and ``music`` in percent.
    """
    if sound is None or not sound.loudness:
        return None
    return {
        "step": sound.step_seconds * float(Fraction(layout.about.fps)),
        "lufs": [round(each) for each in sound.loudness],
        "speech": [round(each * 100) for each in sound.speech],
        "music": [round(each * 100) for each in sound.music],
        "sure": SURE,
    }


def _columns(spans: Sequence[Span]) -> dict[str, list[Any]]:
    return {
        "id": [each.id for each in spans],
        "start": [each.start_frame for each in spans],
        "end": [each.end_frame for each in spans],
        "timecode": [each.timecode_in for each in spans],
        "worth": [each.clip_worthiness for each in spans],
    }


def _key(title_id: str) -> str:
    return f"timeline-{title_id}"


@cache
def _component() -> ComponentRenderer:
    html, css, js = (
        (_HERE / f"timeline.{kind}").read_text("utf-8") for kind in ("html", "css", "js")
    )
    return st.components.v2.component("reelfind_timeline", html=html, css=css, js=js)
