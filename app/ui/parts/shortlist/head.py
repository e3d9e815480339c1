"""The header of a list: its duration against the target, and the actions on the whole list."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from app.shortlists.bodies import ShortlistBody
from app.shortlists.records import Shortlist
from app.ui.parts.labelling import author_box
from app.ui.parts.shortlist.editing import attempt, attempt_undo
from app.ui.parts.shortlist.reviewing import open_review
from app.ui.parts.words import plain
from app.ui.shared import page_runtime, shortlists
from indexer.errors import ReelfindError

NEAR = 0.5
"""Seconds: a list this close to its target is on target."""


def draw_head(
    seen: Shortlist, shown: ShortlistBody, play: Callable[[], None], export: Callable[[], None]
) -> None:
    """Draw the header.

    Args:
        seen: the list.
        shown: its overview.
        play: plays the whole list.
        export: opens the export dialog.
    """
    st.title(plain(seen.name), anchor=False)
    st.markdown(length_words(len(seen.items), shown.total_seconds, seen.target_seconds))
    if seen.target_seconds:
        share = shown.total_seconds / seen.target_seconds
        st.progress(min(1.0, share), text=f"{share:.0%} of the target")
    with st.container(horizontal=True, vertical_alignment="center", key="shortlist-acts"):
        st.button(
            "Play all",
            icon=":material/play_arrow:",
            type="primary",
            help="Plays the items in order, without rendering.",
            disabled=not seen.items,
            on_click=play,
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            help="Take back the latest change, whoever made it; repeated, it goes back further.",
            disabled=seen.version == 1,
            on_click=attempt_undo,
            args=(seen,),
        )
        if st.button("Export", icon=":material/output:"):
            export()
        if st.button("Review links", icon=":material/rate_review:"):
            open_review(seen)
        if st.button("Name and target", icon=":material/edit:"):
            _name(seen)
        if st.button("Delete", icon=":material/delete:"):
            _delete(seen)
        author_box()
        st.page_link("views/shortlist.py", label="All lists", icon=":material/list:")


def length_words(items: int, total: float, target: float | None) -> str:
    """Return a list's duration and its difference from the target, in words."""
    length = f"{items} item{'' if items == 1 else 's'} · **{total:.2f} s**"
    if target is None:
        return length
    over = total - target
    if abs(over) <= NEAR:
        return f"{length} of {target:g} s, on target"
    return f"{length} of {target:g} s: {abs(over):.2f} s {'too long' if over > 0 else 'left'}"


@st.dialog("Name and target")
def _name(seen: Shortlist) -> None:
    name = st.text_input("Name", seen.name, max_chars=200).strip()
    target = st.number_input(
        "Target in seconds", min_value=0.1, value=seen.target_seconds, step=1.0, format="%.1f"
    )
    if st.button("Save", type="primary", disabled=not name):
        attempt(
            seen,
            f"Name {name}, target {target or 'none'}",
            lambda now: replace(now, name=name, target_seconds=target),
        )
        st.rerun()


@st.dialog("Delete this list?")
def _delete(seen: Shortlist) -> None:
    st.markdown(
        f"**{plain(seen.name)}** with its {len(seen.items)} items and all its earlier versions, "
        "review links and comments. This cannot be undone. Clips and films stay."
    )
    with st.container(horizontal=True):
        if st.button("Delete the list", type="primary"):
            try:
                shortlists(page_runtime()).delete(seen)
            except ReelfindError as error:
                st.error(plain(str(error)), icon=":material/error:")
                return
            st.query_params.clear()
            st.rerun()
        if st.button("Keep it"):
            st.rerun()
