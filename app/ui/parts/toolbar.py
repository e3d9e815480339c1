"""The toolbar above the hits: their number, order and layout."""

from typing import get_args

import streamlit as st

from app.records import SearchResponse
from app.runtime import Runtime
from app.search.request import Order, SearchRequest
from app.ui import query
from app.ui.card_layout import DENSITIES, VIEWS, CardLayout, read_layout, write_layout
from app.ui.parts.hidden import show_hidden
from app.ui.parts.saved import open_saving
from app.ui.parts.words import counted

ORDERS: tuple[Order, ...] = get_args(Order)
_NAMES: dict[Order, str] = {
    "relevance": "Best match",
    "clip-worthiness": "Clip-worthiness",
    "popularity": "Popularity",
    "time": "Time in the title",
}
_ICONS = {
    "grid": ":material/grid_view: Grid",
    "list": ":material/view_list: List",
    "roomy": ":material/view_agenda: Comfortable",
    "compact": ":material/density_small: Compact",
}


def toolbar(runtime: Runtime, request: SearchRequest, response: SearchResponse) -> CardLayout:
    """Draw the toolbar, and return the layout."""
    layout = read_layout()
    st.session_state["tools.order"] = request.order
    st.session_state["tools.view"] = layout.view
    st.session_state["tools.density"] = layout.density
    with st.container(horizontal=True, vertical_alignment="center", key="toolbar"):
        st.caption(summary(response, query.page_number(request)), width="stretch")
        show_hidden(response, "tools.hidden")
        st.selectbox(
            "Order",
            ORDERS,
            key="tools.order",
            format_func=_NAMES.__getitem__,
            label_visibility="collapsed",
            width=180,
            on_change=_sort,
        )
        for name, values in (("view", VIEWS), ("density", DENSITIES)):
            st.segmented_control(
                name.capitalize(),
                values,
                key=f"tools.{name}",
                required=True,
                format_func=_ICONS.__getitem__,
                label_visibility="collapsed",
                on_change=_lay_out,
            )
        if st.button(
            "Save",
            key="tools.save",
            icon=":material/bookmark_add:",
            help="Save this search under a name, to see what is new in it",
        ):
            open_saving(runtime, request)
    return layout


def summary(response: SearchResponse, page: int | None) -> str:
    """Return the number of hits, the range on this page, and the time of the search."""
    found, level = response.found, response.query.level
    several = response.next_cursor or page != 1
    place = f" · page {page}" if several and page else ""
    return f"{counted(found, level)}{place} · {response.took_ms:.0f} ms · Shortcuts (?)"


def paging(request: SearchRequest, response: SearchResponse) -> None:
    """Draw the buttons for the previous and next page, if any."""
    if request.cursor is None and response.next_cursor is None:
        return
    with st.container(horizontal=True, horizontal_alignment="center", key="paging"):
        st.button(
            "Back",
            key="page.back",
            icon=":material/arrow_back:",
            disabled=request.cursor is None,
            on_click=query.previous_page,
            args=(request,),
        )
        st.button(
            "Next",
            key="page.next",
            icon=":material/arrow_forward:",
            icon_position="right",
            disabled=response.next_cursor is None,
            on_click=query.next_page,
            args=(request, response.next_cursor),
        )


def _sort() -> None:
    query.change(order=st.session_state["tools.order"])


def _lay_out() -> None:
    write_layout(CardLayout(st.session_state["tools.view"], st.session_state["tools.density"]))
