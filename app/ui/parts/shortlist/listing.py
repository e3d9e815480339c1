"""All shortlists: open one, create one, or generate a first trailer."""

from typing import get_args

import streamlit as st

from app.runtime import Runtime
from app.search.request import SearchRequest
from app.shortlists.bodies import ShortlistBody
from app.shortlists.overview import overview
from app.shortlists.store import ShortlistStore
from app.trailer.gathering import gather
from app.trailer.records import ArcName, Brief
from app.trailer.suggesting import items, suggest, tone_groups
from app.ui.parts.labelling import author
from app.ui.parts.shortlist.head import length_words
from app.ui.parts.titles.choosing import title_choices
from app.ui.parts.words import plain
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError


def draw_lists(catalogue: Catalogue, store: ShortlistStore) -> None:
    """Draw a card for each shortlist, with a link to it."""
    found = [overview(catalogue, each) for each in store.all()]
    if not found:
        st.info(
            "Make one here, or press “Add” at a clip of a search.",
            icon=":material/playlist_add:",
            title="No shortlists yet",
        )
    with st.container(key="shortlists"):
        for each in found:
            with st.container(border=True):
                _card(each)


def _card(shown: ShortlistBody) -> None:
    st.page_link(
        "views/shortlist.py",
        label=f"**{plain(shown.name)}**",
        icon=":material/playlist_play:",
        query_params={"id": shown.shortlist_id},
    )
    st.markdown(length_words(len(shown.items), shown.total_seconds, shown.target_seconds))
    wrong = sum(row.problem is not None for row in shown.items)
    if wrong:
        st.caption(f":material/warning: {wrong} of its items need a look")


@st.dialog("New shortlist")
def new_list(store: ShortlistStore) -> None:
    """Ask for a name and a target, and open the list."""
    name = st.text_input("Name", max_chars=200, placeholder="Spring trailer").strip()
    target = st.number_input(
        "Target in seconds, if any", min_value=0.1, value=None, step=1.0, format="%.1f"
    )
    if st.button("Make it", type="primary", disabled=not name):
        try:
            made = store.create(name, target, author=author())
        except ReelfindError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        open_list(made.shortlist_id)


def open_list(shortlist_id: str) -> None:
    """Open a list by its address."""
    st.query_params.from_dict({"id": shortlist_id})
    st.rerun(scope="app")


ARC_NAMES: dict[ArcName, str] = {
    "rising": "Building: calm to intense",
    "three-act": "Three acts: set-up, conflict, a breath, climax",
    "even": "Even: one level throughout",
}


_TITLES = "suggest.titles"


@st.dialog("Suggest a trailer", width="large")
def suggest_dialog(runtime: Runtime, store: ShortlistStore) -> None:
    """Ask what the trailer should be, make it, and open it."""
    st.markdown(
        "A first choice by clip-worthiness, variety of tone and an arc, which you then edit."
    )
    facets = runtime.facets(SearchRequest())
    name = st.text_input("Name", max_chars=200, placeholder="Spring trailer").strip()
    with st.container(horizontal=True):
        seconds = st.number_input("Seconds", min_value=1.0, max_value=600.0, value=60.0, step=5.0)
        arc = st.selectbox("Arc", get_args(ArcName), format_func=ARC_NAMES.__getitem__)
    titles = title_choices(runtime, "suggest.find", st.session_state.get(_TITLES, ()))
    chosen = st.multiselect(
        "From these titles",
        list(titles),
        key=_TITLES,
        format_func=titles.__getitem__,
        placeholder="All titles",
    )
    tones = st.multiselect(
        "With any of these tones", [each.value for each in facets.tone], placeholder="Any tone"
    )
    spoilers = st.toggle(
        "Include endings (spoilers)", help="Otherwise the last fifth of each title is left out."
    )
    if not st.button("Suggest", type="primary", disabled=not name):
        return
    request = SearchRequest(q="", title=chosen, tone=tones)
    try:
        with st.spinner("Choosing moments"):
            spans = gather(runtime.catalogue, runtime.search, request)
            brief = Brief(seconds, arc, spoilers)
            found = suggest(spans, brief, tone_groups(runtime.tasks))
            made = store.create(name, seconds, items(found), author())
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    open_list(made.shortlist_id)
