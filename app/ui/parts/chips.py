"""The active filters, each as a chip that removes it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from app.records import Preference
from app.search.filters import COMPARED
from app.search.request import SearchRequest
from app.ui import query
from app.ui.example import drop_example, example_name
from app.ui.parts.faces import faces_of_example
from app.ui.parts.words import plain
from app.ui.shared import page_runtime

_PREFIX = re.compile("^(min|max|has)_")
_SIGNS = {"min": "≥", "max": "≤"}
_LOOKS: dict[str, Any] = {"icon": ":material/close:", "help": "Remove this filter"}


class Chip(NamedTuple):
    """One active filter: a field of the request, with one of its values if it has several."""

    label: str
    field: str
    value: object = None

    @property
    def key(self) -> str:
        """Return the key of its button."""
        return f"chip.{self.field}" if self.value is None else f"chip.{self.field}.{self.value}"


def active_filters(
    request: SearchRequest, names: Mapping[str, str], preferences: Sequence[Preference]
) -> None:
    """Draw a chip for each preference and each active filter, and one that clears all filters.

    Args:
        request: the search.
        names: of titles, and of clips that are examples, by id.
        preferences: what was read in its words.
    """
    example, chips = example_name(), list(chips_of(request, names))
    # Drawn even without chips, so that later elements keep their place and are not redrawn.
    with st.container(horizontal=True, gap="small", key="chips"):
        for each in preferences:
            values = " or ".join(each.values)
            st.button(
                f"“{plain(each.said)}” prefers {_name(each.filter)}: {values}",
                key=f"chip.preference.{each.said}",
                on_click=_read_as_words,
                args=(each,),
                icon=":material/close:",
                help="Clips like this come first, and none is left out. Press to read it as "
                "words only",
            )
        if example:
            st.button(f"like {plain(example)}", key="chip.example", on_click=drop_example, **_LOOKS)
            faces_of_example(page_runtime())
        for chip in chips:
            st.button(chip.label, key=chip.key, on_click=_remove, args=(chip,), **_LOOKS)
        if example or chips:
            st.button("Clear all", key="chip.clear", type="tertiary", on_click=_clear)


def chips_of(request: SearchRequest, names: Mapping[str, str]) -> Iterator[Chip]:
    """Yield the chips of a search: values of lists first, then bounds and flags."""
    for field in query.LISTS:
        values = getattr(request, field)
        for value in dict.fromkeys(values):
            label = f"{_name(field)}: {plain(names.get(value, str(value)))}"
            yield Chip(label, field, value)
    for field, compare in COMPARED.items():
        value = getattr(request, field)
        if compare.how in _SIGNS and value is not None:
            label = f"{_name(field)} {_SIGNS[compare.how]} {value:g}"
            yield Chip(label, field)
        elif compare.how == "is" and value is not None:
            label = f"{'with' if value else 'without'} {_name(field)}"
            yield Chip(label, field)


def _name(field: str) -> str:
    """Return what a chip calls a field of the request."""
    compare = COMPARED.get(field)
    return (compare and compare.label) or _PREFIX.sub("", field).replace("_", " ")


def without(request: SearchRequest, chip: Chip) -> SearchRequest:
    """Return a search without one of its filters; without the filter, the search itself."""
    values = getattr(request, chip.field)
    kept = [each for each in values if each != chip.value] if isinstance(values, list) else None
    return request.model_copy(update={chip.field: kept})


def _remove(chip: Chip) -> None:
    query.write(without(query.latest(), chip))


def _read_as_words(preference: Preference) -> None:
    others = query.latest().as_words
    query.change(as_words=[*others, preference.said])


def _clear() -> None:
    """Clear all filters; keep the words, the level and the order."""
    drop_example()
    kept = query.latest().model_dump(include={"q", "level", "order", "limit"})
    query.write(SearchRequest(**kept))
