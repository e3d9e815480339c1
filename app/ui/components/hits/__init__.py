"""Hits as cards in a grid or list, in one component.

With Streamlit's own elements, forty-eight cards would be some three hundred elements, sent and
drawn at each search. And one component lets arrow keys move from card to card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlencode

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from app.labelling.store import Said
from app.records import Hit
from app.ui.parts.card import card_html, frame_of
from probes.tasks import CLIP_WORTHINESS, Task

_HERE = Path(__file__).parent

What = Literal["play", "thumb", "tones", "add", "shortlist", "like", "unlike", "open"]


@dataclass(frozen=True)
class Act:
    """A user's action on a hit; ``value`` is that of a thumb: 1 up, 0 down, None removed."""

    what: What
    hit: Hit
    value: int | None = None


def hit_cards(
    hits: Sequence[Hit],
    said: Mapping[str, Said],
    tasks: Mapping[str, Task],
    *,
    key: str,
    classes: str = "",
    page: str = "",
) -> Act | None:
    """Draw hits, and return the user's action since the last run, if any.

    Args:
        hits: in order.
        said: this annotator's labels, by the id of the hit.
        tasks: the tasks for which clips can be labelled.
        key: unique on the page.
        classes: how they are laid out, as ``hits.css`` names it.
        page: of the results; another one is shown from its top.
    """
    worthy = tasks[CLIP_WORTHINESS].class_names[0]
    cards = [_card(hit, said.get(hit.id, {}).get((CLIP_WORTHINESS, worthy))) for hit in hits]
    data = {"cards": cards, "classes": classes, "page": page}
    told = _component()(key=key, data=data, on_act_change=_noted).act
    return read_act(told, hits) if told else None


def read_act(told: Mapping[str, Any], hits: Sequence[Hit]) -> Act | None:
    """Return the action that the browser sent; None if its hit is no longer shown."""
    hit = next((each for each in hits if each.id == told.get("id")), None)
    if hit is None or told.get("what") not in get_args(What):
        return None
    value = told.get("value")
    return Act(told["what"], hit, int(value) if value in (0, 1) else None)


def title_address(title_id: str, frame: int) -> str:
    """Return the address of a title's page at a frame, from any other page."""
    return f"title?{urlencode({'id': title_id, 'frame': frame})}"


def _card(hit: Hit, thumb: float | None) -> dict[str, Any]:
    return {
        "id": hit.id,
        "html": card_html(hit),
        "name": f"{hit.title} at {hit.timecode_in}",
        "address": title_address(hit.title_id, frame_of(hit)),
        "thumb": None if thumb is None else int(thumb),
    }


def _noted() -> None:
    """Do nothing: the component's value is read where it is drawn."""


@cache
def _component() -> ComponentRenderer:
    html, css, js = ((_HERE / f"hits.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    # Not isolated, so that the page's own style sheet applies, as to cards elsewhere.
    return st.components.v2.component(
        "reelfind_hits", html=html, css=css, js=js, isolate_styles=False
    )
