"""The titles that a selection box offers."""

from collections.abc import Iterable

import streamlit as st

from app.runtime import Runtime

MOST = 50
"""Titles that are offered at once; of more, words find some."""


def title_choices(runtime: Runtime, key: str, chosen: Iterable[str] = ()) -> dict[str, str]:
    """Return the names of titles to choose from, by id; draw a search box if there are many.

    Args:
        runtime: of the catalogue.
        key: of the box.
        chosen: ids of selected titles, which are always included.
    """
    listing, words = runtime.listing, ""
    if listing.count() > MOST:
        words = st.text_input(
            "Find a title",
            key=key,
            max_chars=200,
            icon=":material/search:",
            placeholder="Name, series, genre, tag, file",
        )
    found = {each.title.title_id: each for each in listing.page(MOST, words=words)}
    found |= listing.of(set(chosen) - found.keys())
    return {title_id: each.title.metadata.name for title_id, each in found.items()}
