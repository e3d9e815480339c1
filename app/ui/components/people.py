"""Who sits at the page: the name that labels and changes carry."""

import streamlit as st

from app.ui.components.labelling import ANNOTATOR, NOBODY
from app.ui.components.words import plain


def author_box() -> None:
    """Draw the button that opens the box for the name that changes of shortlists carry."""
    st.session_state.setdefault(ANNOTATOR, NOBODY)
    with st.popover(plain(author()), icon=":material/person:"):
        st.text_input(
            "Your name",
            key=ANNOTATOR,
            help="It stands at what you change, so that others who edit the list know who it was.",
        )


def author() -> str:
    """Return the name of whoever sits at the page."""
    return str(st.session_state.get(ANNOTATOR, "")).strip() or NOBODY
