"""The filters in force, each a chip that takes it away."""

from collections.abc import Callable

import streamlit as st

from app.search.request import SearchRequest
from app.ui import query
from app.ui.components.words import plain
from app.ui.example import drop_example, example_name


def active_filters(request: SearchRequest, names: dict[str, str]) -> None:
    """Draw a chip for each active filter, and one that clears them all."""
    active = [(name, value) for name in query.LIST_FILTERS for value in getattr(request, name)]
    scores = {
        "min_worthiness": ("clip-worthiness", request.min_worthiness),
        "max_worthiness": ("clip-worthiness", request.max_worthiness),
        "min_popularity": ("popularity", request.min_popularity),
        "max_popularity": ("popularity", request.max_popularity),
        "min_duration": ("seconds", request.min_duration),
        "max_duration": ("seconds", request.max_duration),
        "min_start": ("start", request.min_start),
        "max_start": ("start", request.max_start),
    }
    bounds = {name: each for name, each in scores.items() if each[1] is not None}
    # There without chips too: what follows keeps its place on the page, and so is not made anew.
    with st.container(horizontal=True, gap="small", key="chips"):
        if not (active or bounds or request.has_dialogue is not None or example_name()):
            return
        if example := example_name():
            _chip(f"like {plain(example)}", "chip.example", drop_example)
        for name, value in active:
            label = f"{name.replace('_', ' ')}: {plain(names.get(value, value))}"
            _chip(label, f"chip.{name}.{value}", query.toggle, request, name, value)
        for field, (label, score) in bounds.items():
            without = request.model_copy(update={field: None})
            sign = "≥" if field.startswith("min") else "≤"
            _chip(f"{label} {sign} {score:g}", f"chip.{field}", query.write, without)
        if request.has_dialogue is not None:
            label = "with dialogue" if request.has_dialogue else "without dialogue"
            without = request.model_copy(update={"has_dialogue": None})
            _chip(label, "chip.has_dialogue", query.write, without)
        st.button("Clear all", key="chip.clear", type="tertiary", on_click=_clear, args=(request,))


def _clear(request: SearchRequest) -> None:
    """Keep the words, the level and the order; the rest goes."""
    drop_example()
    kept = request.model_dump(include={"q", "level", "order", "limit"})
    query.write(SearchRequest(**kept))


def _chip(label: str, key: str, action: Callable[..., None], *args: object) -> None:
    st.button(
        label,
        key=key,
        icon=":material/close:",
        help="Remove this filter",
        on_click=action,
        args=args,
    )
