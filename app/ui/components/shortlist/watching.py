"""Looking after a list while it is open: somebody else's change is told, not waited for."""

import streamlit as st

from app.shortlists.records import Shortlist
from app.ui.components.shortlist.editing import since
from app.ui.components.words import plain
from app.ui.shared import page_runtime, shortlists
from indexer.errors import ReelfindError

EVERY_SECONDS = 4.0


@st.fragment(run_every=EVERY_SECONDS)
def watch(seen: Shortlist) -> None:
    """Tell when the list is no longer the one that the page shows. A fragment of its own, so
    that nothing which is being typed is touched."""
    store = shortlists(page_runtime())
    try:
        now = store.find(seen.shortlist_id)
    except ReelfindError as error:
        st.warning(plain(str(error)), icon=":material/sync_problem:")
        return
    if now.version == seen.version:
        return
    st.info(
        f"{plain(since(store, seen, now))}.",
        title="This list has changed",
        icon=":material/sync:",
    )
    if st.button("Show it as it is now", icon=":material/refresh:"):
        st.rerun(scope="app")
