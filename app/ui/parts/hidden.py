"""Weak matches, which are hidden until they are asked for."""

import streamlit as st

from app.records import SearchResponse
from app.ui import query
from app.ui.parts.words import counted


def show_hidden(response: SearchResponse, key: str) -> None:
    """Draw the button that shows the weak matches, if any are hidden."""
    if response.cut:
        st.button(
            f"Show {counted(response.cut, 'weak match', 'weak matches')}",
            key=key,
            type="tertiary",
            icon=":material/visibility:",
            help="Hidden, since they fit much less than the best ones",
            on_click=query.change,
            kwargs={"tail": "keep"},
        )
