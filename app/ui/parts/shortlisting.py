"""Adding hits to a shortlist: a dialog that asks which list."""

from collections.abc import Sequence

import streamlit as st

from app.records import Hit
from app.runtime import Runtime
from app.shortlists import edits
from app.shortlists.records import Item, Shortlist
from app.shortlists.store import ShortlistStore
from app.ui.parts.labelling import author
from app.ui.parts.words import plain
from app.ui.shared import shortlists
from indexer.errors import ReelfindError

PAGE = "views/shortlist.py"
_LATEST = "shortlist.latest"
"""Where the page keeps the list that was added to last: most often it is the next one too."""
_ADDED = "shortlist.added"
FIRST = "My shortlist"
"""The name of the list that a first span makes."""


def open_adding(runtime: Runtime, hits: Sequence[Hit]) -> None:
    """Open the dialog that adds ``hits`` to a list."""
    st.session_state.pop(_ADDED, None)
    _dialog(runtime, hits)


def add_to_current(runtime: Runtime, item: Item) -> None:
    """Add an item to the list that was added to last, and say to which.

    Without one, that is the list that was changed last; without any, a new one.
    """
    try:
        store = shortlists(runtime)
        latest = str(st.session_state.get(_LATEST))
        known = {each.shortlist_id: each for each in store.all()}
        current = known.get(latest) or store.latest()
        if current is None:
            saved = store.create(FIRST, items=[item], author=author())
        else:
            saved = store.change(current.shortlist_id, lambda now: edits.add(now, [item]), author())
    except ReelfindError as error:
        st.toast(plain(str(error)), icon=":material/error:")
        return
    st.session_state[_LATEST] = saved.shortlist_id
    st.toast(
        f"Added to {plain(saved.name)} as item {len(saved.items)}.",
        icon=":material/playlist_add_check:",
    )


@st.dialog("Add to a shortlist")
def _dialog(runtime: Runtime, hits: Sequence[Hit]) -> None:
    for hit in hits:
        st.caption(f"{plain(hit.title)} · {hit.timecode_in} – {hit.timecode_out}")
    try:
        store = shortlists(runtime)
        added: Shortlist | None = st.session_state.get(_ADDED)
        if added is None:
            _ask(store, hits)
        else:
            _tell(store, added, len(hits))
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _ask(store: ShortlistStore, hits: Sequence[Hit]) -> None:
    """Ask for one of the lists, or for the name of a new one."""
    known = {each.shortlist_id: each for each in store.all()}
    latest = st.session_state.get(_LATEST)
    chosen = None
    if known:
        chosen = st.selectbox(
            "Shortlist",
            list(known),
            index=list(known).index(latest) if latest in known else 0,
            format_func=lambda each: known[each].name,
        )
    name = st.text_input(
        "Or create new" if known else "Shortlist name",
        key="adding.name",
        max_chars=200,
        placeholder="Spring trailer",
    ).strip()
    if st.button("Add", type="primary", disabled=not name and chosen is None):
        items = [Item(hit.title_id, hit.start_frame, hit.end_frame) for hit in hits]
        if name:
            saved = store.create(name, items=items, author=author())
        else:
            saved = store.change(str(chosen), lambda now: edits.add(now, items), author())
        st.session_state[_ADDED] = saved
        st.session_state[_LATEST] = saved.shortlist_id
        st.rerun(scope="fragment")


def _tell(store: ShortlistStore, added: Shortlist, count: int) -> None:
    """Confirm the addition, with a link to the list and a button to undo."""
    what = "It is" if count == 1 else f"All {count} are"
    st.success(f"{what} in {plain(added.name)} now.", icon=":material/playlist_add_check:")
    with st.container(horizontal=True):
        if st.button("Open the list", icon=":material/arrow_forward:"):
            st.switch_page(PAGE, query_params={"id": added.shortlist_id})
        if st.button("Undo", icon=":material/undo:"):
            _take_back(store, added)
            st.session_state.pop(_ADDED)
            st.rerun(scope="fragment")
        if st.button("Done"):
            st.rerun()


def _take_back(store: ShortlistStore, added: Shortlist) -> None:
    """Undo the addition; delete the list if it was created for it."""
    if added.version == 1:
        store.delete(added)
    else:
        store.undo(added, author())
