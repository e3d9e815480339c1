"""Suggest a trailer: what is asked for, and the list that comes of it."""

from typing import get_args

import streamlit as st

from app.runtime import Runtime
from app.search.request import SearchRequest
from app.shortlists.store import ShortlistStore
from app.trailer.gathering import gather
from app.trailer.records import ArcName, Brief
from app.trailer.suggesting import items, suggest, tone_groups
from app.ui.components.people import author
from app.ui.components.shortlist.listing import open_list
from app.ui.components.words import plain
from indexer.errors import ReelfindError

ARC_NAMES: dict[ArcName, str] = {
    "rising": "Rising: from calm to wild",
    "three-act": "Three acts: set-up, conflict, a breath, climax",
    "even": "Even: one level throughout",
}


@st.dialog("Suggest a trailer", width="large")
def suggest_dialog(runtime: Runtime, store: ShortlistStore) -> None:
    """Ask what the trailer should be, make it, and open it."""
    st.markdown(
        "A first choice by clip-worthiness, variety of tone and an arc, which you then edit."
    )
    facets = runtime.facets(SearchRequest())
    titles = {each.title_id: each.title for each in runtime.titles()}
    name = st.text_input("Name", max_chars=200, placeholder="Spring trailer").strip()
    with st.container(horizontal=True):
        seconds = st.number_input("Seconds", min_value=1.0, max_value=600.0, value=60.0, step=5.0)
        arc = st.selectbox("Arc", get_args(ArcName), format_func=ARC_NAMES.__getitem__)
    chosen = st.multiselect(
        "From these titles", list(titles), format_func=titles.__getitem__, placeholder="All titles"
    )
    tones = st.multiselect(
        "With any of these tones", [each.value for each in facets.tone], placeholder="Any tone"
    )
    spoilers = st.toggle("Endings too", help="Otherwise the last fifth of each title is left out.")
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
