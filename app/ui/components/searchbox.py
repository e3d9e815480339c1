"""The search box and the choice between clips and shots."""

import streamlit as st

from app.results import Level, SearchRequest
from app.ui import query

_NAMES: dict[Level, str] = {"clip": "Clips", "shot": "Shots"}


def search_box(request: SearchRequest) -> None:
    """Draw the box with ``request`` in it; a change goes to the address."""
    st.session_state["box.q"] = request.q
    st.session_state["box.level"] = request.level
    with st.container(horizontal=True, vertical_alignment="bottom", key="searchbox"):
        st.text_input(
            "Search",
            key="box.q",
            max_chars=1000,
            icon=":material/search:",
            placeholder="What is seen or said: snow and mountains, “I'm searching for someone”",
            help="Describe what is in the picture, or what is said. Leave it empty to "
            "browse what the filters leave.",
            on_change=_search,
            args=(request,),
        )
        st.segmented_control(
            "Find",
            query.LEVELS,
            key="box.level",
            required=True,
            format_func=_NAMES.__getitem__,
            help="A clip is a run of shots that belong together; a shot lies between two cuts.",
            on_change=_search,
            args=(request,),
        )


def _search(request: SearchRequest) -> None:
    words, level = st.session_state["box.q"], st.session_state["box.level"]
    query.write(request.model_copy(update={"q": words.strip(), "level": level}))
