"""Hits as cards, on the search page and elsewhere, and the actions on them."""

from collections.abc import Sequence

import streamlit as st

from app.records import Hit, SearchResponse
from app.runtime import Runtime
from app.shortlists.records import Item
from app.ui import query
from app.ui.card_layout import CardLayout
from app.ui.components.hits import Act, hit_cards
from app.ui.components.player import play_dialog
from app.ui.parts.card import frame_of
from app.ui.parts.hidden import show_hidden
from app.ui.parts.labelling import labels_of, set_thumb, tone_dialog
from app.ui.parts.shortlisting import add_to_current, open_adding
from app.ui.parts.words import plain
from app.ui.query import SEARCH_PAGE
from probes.tasks import TONE


def cards(runtime: Runtime, hits: Sequence[Hit], *, key: str, classes: str = "") -> None:
    """Draw hits; "more like this" and "less like this" open the search page.

    Args:
        runtime: of the catalogue.
        hits: in order.
        key: unique on the page.
        classes: how they are laid out, as ``hits.css`` names it.
    """
    act = hit_cards(hits, labels_of(list(hits)), runtime.tasks, key=key, classes=classes)
    if act is None:
        return
    if act.what in ("like", "unlike"):
        st.switch_page(SEARCH_PAGE, query_params={str(act.what): act.hit.id})
    act_on(runtime, act, hits)


def results(runtime: Runtime, response: SearchResponse, layout: CardLayout) -> None:
    """Draw the hits, or say why there are none."""
    if response.hits:
        _hits(runtime, response.hits, layout, st.query_params.get("cursor", ""))
    else:
        _nothing(response)


@st.fragment
def _hits(runtime: Runtime, hits: list[Hit], layout: CardLayout, page: str) -> None:
    """Draw hits. A fragment: playing or labelling one does not search again."""
    said, look = labels_of(hits), layout.classes
    act = hit_cards(hits, said, runtime.tasks, key="hits", classes=look, page=page)
    if act is None:
        return
    if act.what in ("like", "unlike"):
        query.add_example(act.hit.id, act.what == "like")
        st.rerun(scope="app")
    act_on(runtime, act, hits)


def _nothing(response: SearchResponse) -> None:
    """Say that nothing was found, or that what was found is hidden."""
    if response.cut:
        st.info(
            "Nothing fits well here. Weak matches are hidden.",
            icon=":material/search_off:",
            title="No strong matches",
        )
        show_hidden(response, "nothing.hidden")
        return
    words = response.query.q.strip()
    st.info(
        "Try different words, remove filters, or search shots.",
        icon=":material/search_off:",
        title=f"No matches for “{plain(words)}”" if words else "No matches",
    )


TITLE_PAGE = "views/title.py"


def act_on(runtime: Runtime, act: Act, hits: Sequence[Hit]) -> None:
    """Do an action that every page with cards has: play, label, add to a shortlist, or open."""
    match act.what:
        case "play":
            play_dialog(hits, list(hits).index(act.hit))
        case "thumb":
            set_thumb(act.hit, runtime.tasks, act.value)
        case "tones":
            tone_dialog(act.hit, labels_of([act.hit])[act.hit.id], runtime.tasks[TONE])
        case "add":
            hit = act.hit
            add_to_current(runtime, Item(hit.title_id, hit.start_frame, hit.end_frame))
        case "shortlist":
            open_adding(runtime, [act.hit])
        case "open":
            address = {"id": act.hit.title_id, "frame": str(frame_of(act.hit))}
            st.switch_page(TITLE_PAGE, query_params=address)
