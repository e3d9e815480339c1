"""Hits outside the page of search: the same cards, and what is done to them."""

from collections.abc import Sequence

import streamlit as st

from app.records import Hit
from app.runtime import Runtime
from app.ui.components.acting import act_on
from app.ui.components.hits import hit_cards
from app.ui.components.labelling import said_of
from app.ui.query import SEARCH_PAGE


def cards(
    runtime: Runtime, hits: Sequence[Hit], *, key: str, words: str = "", classes: str = ""
) -> None:
    """Draw hits; more or less like one of them leads to the page of search.

    Args:
        runtime: of the catalogue.
        hits: in order.
        key: unique on the page.
        words: those that are marked in spoken lines.
        classes: how they are laid out, as ``hits.css`` names it.
    """
    act = hit_cards(hits, words, said_of(list(hits)), runtime.tasks, key=key, classes=classes)
    if act is None:
        return
    if act.what in ("like", "unlike"):
        st.switch_page(SEARCH_PAGE, query_params={str(act.what): act.hit.id})
    act_on(runtime, act)
