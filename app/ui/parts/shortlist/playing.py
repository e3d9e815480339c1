"""Whether the whole list is played, and its player."""

import streamlit as st

from app.exports.playlist import playlist_of
from app.shortlists.records import Shortlist
from app.ui.components.playlist import play_list
from indexer.catalogue import Catalogue

_PLAYED = "shortlist.played"
"""The list whose items are played in order."""


def begin(seen: Shortlist) -> None:
    """Play a list when the page is next drawn."""
    st.session_state[_PLAYED] = seen.shortlist_id


def is_played(seen: Shortlist) -> bool:
    """Return whether a list is played."""
    return bool(seen.items) and st.session_state.get(_PLAYED) == seen.shortlist_id


def play_panel(catalogue: Catalogue, seen: Shortlist) -> None:
    """Draw the player of a whole list."""
    play_list(playlist_of(catalogue, seen), _edit, _close)


def _edit(item_id: str) -> None:
    _close()
    st.query_params["item"] = item_id


def _close() -> None:
    st.session_state.pop(_PLAYED, None)
