"""Saves changes from the page. Each applies to the version that the user saw.

If somebody else changed the list first, the user's change is kept until they apply it to the
current version, or discard it. Nothing that they typed is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.shortlists.edits import describe_changes
from app.shortlists.records import Shortlist, StaleError
from app.shortlists.store import ShortlistStore
from app.ui.parts.labelling import author
from app.ui.parts.words import plain
from app.ui.shared import page_runtime, shortlists
from indexer.errors import ReelfindError

Edit = Callable[[Shortlist], Shortlist]
Save = Callable[[ShortlistStore, Shortlist], Shortlist]
"""Writes a change over a version, and returns what it has become."""

_CONFLICT = "shortlist.unsent"
_FAILED = "shortlist.failed"
_OWN = "shortlist.own"
"""The versions that this user made, by list."""


@dataclass(frozen=True)
class Conflict:
    """A change that conflicts with another one: a description of both."""

    shortlist_id: str
    words: str
    told: str
    edit: Edit | None


def attempt(seen: Shortlist, words: str, edit: Edit) -> None:
    """Save a change of the version that the user saw; call it from a widget's callback.

    Args:
        seen: the version on the page.
        words: a description of the change, with everything typed.
        edit: makes the change; must work on a later version, too.
    """
    _attempt(seen, words, edit, lambda store, base: store.save(edit(base), author()))


def attempt_undo(seen: Shortlist) -> None:
    """Undo the latest change, if the user saw it."""
    _attempt(seen, "Undo", None, lambda store, base: store.undo(base, author()))


def fail(message: str) -> None:
    """Show an error when the page is next drawn."""
    st.session_state[_FAILED] = message


def _attempt(seen: Shortlist, words: str, edit: Edit | None, save: Save) -> None:
    store = shortlists(page_runtime())
    try:
        _saved(store, seen, save)
    except StaleError as error:
        told = since(store, seen, error.current)
        st.session_state[_CONFLICT] = Conflict(seen.shortlist_id, words, told, edit)
    except ReelfindError as error:
        fail(str(error))


def _saved(store: ShortlistStore, seen: Shortlist, save: Save) -> None:
    """Save over the version that the user saw, or over their own later changes to it.

    A user who clicks faster than the page is redrawn acts on a version older than their own
    latest change. That is not a conflict.
    """
    own: set[tuple[str, int]] = st.session_state.setdefault(_OWN, set())
    base = seen
    while True:
        try:
            made = save(store, base)
        except StaleError as error:
            now = error.current
            later = range(seen.version + 1, now.version + 1)
            if now.version <= base.version or any((now.shortlist_id, v) not in own for v in later):
                raise
            base = now
        else:
            own.add((made.shortlist_id, made.version))
            return


def since(store: ShortlistStore, seen: Shortlist, now: Shortlist) -> str:
    """Return who changed what after the version that the user saw."""
    later = [
        each for each in store.revisions(now.shortlist_id) if each.shortlist.version > seen.version
    ]
    names = sorted({each.author for each in later if each.author})
    what = ", ".join(describe_changes(seen, now)) or "changed, and changed back"
    return f"{', '.join(names) or 'Somebody'}: {what}"


def problems(now: Shortlist) -> None:
    """Draw the error of the latest change, or its conflict with the buttons to resolve it."""
    message = st.session_state.pop(_FAILED, None)
    if message is not None:
        st.error(plain(message), icon=":material/error:")
    conflict: Conflict | None = st.session_state.get(_CONFLICT)
    if conflict is None or conflict.shortlist_id != now.shortlist_id:
        return
    with st.container(border=True, key="unsent"):
        st.warning(
            f"Since you looked at this list, others changed it. {plain(conflict.told)}. Below is "
            "the current version.",
            title="Your change was not saved",
            icon=":material/sync_problem:",
        )
        st.text(conflict.words)
        with st.container(horizontal=True):
            if conflict.edit is not None:
                st.button(
                    "Apply my change",
                    type="primary",
                    on_click=_again,
                    args=(now, conflict),
                )
            st.button("Discard", on_click=_forget)


def _again(now: Shortlist, conflict: Conflict) -> None:
    _forget()
    if conflict.edit is not None:
        attempt(now, conflict.words, conflict.edit)


def _forget() -> None:
    st.session_state.pop(_CONFLICT, None)


EVERY_SECONDS = 4.0


@st.fragment(run_every=EVERY_SECONDS)
def watch(seen: Shortlist) -> None:
    """Draw a notice once the list has a newer version than the page. A fragment of its own, so
    that it does not disturb typing."""
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
    if st.button("Refresh", icon=":material/refresh:"):
        st.rerun(scope="app")
