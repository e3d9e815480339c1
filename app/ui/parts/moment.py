"""The clip at the playhead: its card, its actions and similar clips."""

import streamlit as st

from app.records import Hit
from app.runtime import Runtime
from app.search.request import RequestError, SearchRequest
from app.ui.parts.cards import cards
from app.ui.parts.words import plain
from app.ui.query import SEARCH_PAGE
from indexer.errors import ReelfindError

SIMILAR = 8
"""Moments of other titles that are shown; the search page has the rest."""


def moment(runtime: Runtime, clip_id: str) -> None:
    """Draw a clip with its actions, and similar moments from other titles."""
    try:
        hit = runtime.neighbours(clip_id, 0, 0).hit
    except RequestError:
        st.warning(
            "This clip is no longer in the index: the title was indexed anew. Reload the page.",
            icon=":material/sync_problem:",
        )
        return
    own, others = st.columns([1, 3], gap="large")
    with own:
        st.header("At the playhead", anchor=False)
        cards(runtime, [hit], key="moment")
    with others:
        st.header("Similar in other titles", anchor=False)
        _similar(runtime, hit)


def _similar(runtime: Runtime, hit: Hit) -> None:
    like = SearchRequest(q="", like=[hit.id], title_none=[hit.title_id], limit=SIMILAR, tail="keep")
    try:
        found = runtime.search(like).hits
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not found:
        st.info("Nothing in the other titles is like it.", icon=":material/search_off:")
        return
    cards(runtime, found, key="similar", classes="compact")
    if st.button("See all similar", icon=":material/search:"):
        st.switch_page(SEARCH_PAGE, query_params={"like": hit.id, "title_none": hit.title_id})
