"""The active filters, each as a chip that removes it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import streamlit as st

from app.search.filters import COMPARED
from app.search.request import SearchRequest
from app.ui import query
from app.ui.example import drop_example, example_name
from app.ui.parts.words import plain

_PREFIX = re.compile("^(min|max|has)_")
_SIGNS = {"min": "≥", "max": "≤"}
_LOOKS: dict[str, Any] = {"icon": ":material/close:", "help": "Remove this filter"}


class Chip(NamedTuple):
    """One active filter, and the search without it."""

    label: str
    key: str
    without: SearchRequest


def active_filters(request: SearchRequest, names: Mapping[str, str]) -> None:
    """Draw a chip for each active filter, and one that clears them all.

    ``names`` are the names of titles, and of clips that are examples, by id.
    """
    example, chips = example_name(), list(chips_of(request, names))
    # Drawn even without chips, so that later elements keep their place and are not redrawn.
    with st.container(horizontal=True, gap="small", key="chips"):
        if example:
            st.button(f"like {plain(example)}", key="chip.example", on_click=drop_example, **_LOOKS)
        for chip in chips:
            st.button(
                chip.label, key=chip.key, on_click=query.write, args=(chip.without,), **_LOOKS
            )
        if example or chips:
            st.button(
                "Clear all", key="chip.clear", type="tertiary", on_click=_clear, args=(request,)
            )


def chips_of(request: SearchRequest, names: Mapping[str, str]) -> Iterator[Chip]:
    """Yield the chips of a search: values of lists first, then bounds and flags."""
    for field in query.LISTS:
        values = getattr(request, field)
        for value in dict.fromkeys(values):
            label = f"{_name(field)}: {plain(names.get(value, str(value)))}"
            kept = [each for each in values if each != value]
            without = request.model_copy(update={field: kept})
            yield Chip(label, f"chip.{field}.{value}", without)
    for field, compare in COMPARED.items():
        value = getattr(request, field)
        without = request.model_copy(update={field: None})
        if compare.how in _SIGNS and value is not None:
            label = f"{_name(field)} {_SIGNS[compare.how]} {value:g}"
            yield Chip(label, f"chip.{field}", without)
        elif compare.how == "is" and value is not None:
            label = f"{'with' if value else 'without'} {_name(field)}"
            yield Chip(label, f"chip.{field}", without)


def _name(field: str) -> str:
    """Return what a chip calls a field of the request."""
    compare = COMPARED.get(field)
    return (compare and compare.label) or _PREFIX.sub("", field).replace("_", " ")


def _clear(request: SearchRequest) -> None:
    """Clear all filters; keep the words, the level and the order."""
    drop_example()
    kept = request.model_dump(include={"q", "level", "order", "limit"})
    query.write(SearchRequest(**kept))
