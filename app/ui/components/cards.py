"""Hits outside the page of search: the same cards, and what is done to them."""

from collections.abc import Sequence

import streamlit as st

from app.results import Hit
from app.service import Service
from app.ui.components.acting import act_on
from app.ui.components.hits import hit_cards
from app.ui.components.labelling import said_of
from app.ui.query import SEARCH_PAGE


def cards(
    service: Service, hits: Sequence[Hit], *, key: str, words: str = "", classes: str = ""
) -> None:
    """Draw hits; more or less like one of them leads to the page of search.

    Args:
        service: of the catalogue.
        hits: in order.
        key: unique on the page.
        words: those that are marked in spoken lines.
        classes: how they are laid out, as ``hits.css`` names it.
    """
    act = hit_cards(hits, words, said_of(list(hits)), service.tasks, key=key, classes=classes)
    if act is None:
        return
    if act.what in ("like", "unlike"):
        st.switch_page(SEARCH_PAGE, query_params={str(act.what): act.hit.id})
    act_on(service, act)
