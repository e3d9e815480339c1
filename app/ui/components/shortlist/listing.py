"""All lists: open one, make one, or have a first trailer suggested."""

import streamlit as st

from app.shortlists.bodies import ShortlistBody
from app.shortlists.overview import overview
from app.shortlists.store import ShortlistStore
from app.ui.components.people import author
from app.ui.components.shortlist.head import length_words
from app.ui.components.words import plain
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError


def draw_lists(catalogue: Catalogue, store: ShortlistStore) -> None:
    """Draw a card for each list, with a link to it."""
    found = [overview(catalogue, each) for each in store.all()]
    if not found:
        st.info(
            "Make one here, or press “Add to a shortlist” at a clip of a search.",
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
    """Turn to a list, by its address."""
    st.query_params.from_dict({"id": shortlist_id})
    st.rerun(scope="app")
