"""The slider between clips like the examples' moments and clips like their stories."""

import streamlit as st

from app.search.request import SearchRequest
from app.ui import query
from app.ui.shared import is_shown, key_of


def story_slider(request: SearchRequest) -> None:
    """Draw the slider where a search has examples from the index; a change goes to the address."""
    # Drawn even without a slider, so that later elements keep their place and are not redrawn.
    with st.container(key="story"):
        if request.like or request.unlike:
            key = key_of("story.share", request.story)
            st.slider(
                "This moment ↔ this story",
                0.0,
                1.0,
                step=0.05,
                format="percent",
                key=key,
                width=280,
                help="Left finds clips with similar pictures, sound and lines, right those of "
                "similar titles.",
                on_change=_weigh,
                args=(key,),
            )


def _weigh(key: str) -> None:
    if is_shown(key):
        query.change(story=round(st.session_state[key], 2))
