"""The hits of a search, and what is done to them."""

import streamlit as st

from app.records import SearchResponse
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.ui import query
from app.ui.components.acting import act_on
from app.ui.components.hits import hit_cards
from app.ui.components.labelling import said_of
from app.ui.looks import Looks


@st.fragment
def results(
    runtime: Runtime, request: SearchRequest, response: SearchResponse, looks: Looks
) -> None:
    """Draw the hits. A fragment: playing or labelling one does not search again."""
    hits = response.hits
    if not hits:
        st.info(
            "Try other words, fewer filters, or shots instead of clips.",
            icon=":material/search_off:",
            title="Nothing found",
        )
        return
    act = hit_cards(
        hits, request.q, said_of(hits), runtime.tasks, key="hits", classes=looks.classes
    )
    if act is None:
        return
    if act.what in ("like", "unlike"):
        query.exemplify(request, act.hit.id, act.what == "like")
        st.rerun(scope="app")
    act_on(runtime, act)
