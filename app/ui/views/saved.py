"""The page of saved searches: their new hits and their webhooks."""

import streamlit as st

from app.ui.parts.saved import saved_row
from app.ui.parts.state import stop_unless_ready
from app.ui.parts.words import plain
from app.ui.query import SEARCH_PAGE
from app.ui.shared import page_runtime, saved_searches
from indexer.errors import ReelfindError


def main() -> None:
    """Draw the page."""
    runtime = page_runtime()
    st.title("Saved searches", anchor=False)
    stop_unless_ready(runtime)
    store = saved_searches(runtime)
    try:
        found = store.all()
        for saved in found:
            saved_row(runtime, store, saved)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not found:
        st.info(
            "Search for something, then press “Save” above the hits: this page says what new "
            "titles have for it.",
            icon=":material/bookmark_add:",
            title="No saved searches yet",
        )
        st.page_link(SEARCH_PAGE, label="Search", icon=":material/search:")


main()
