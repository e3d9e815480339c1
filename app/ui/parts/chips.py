"""The parts of a search that are in force, each as a chip that removes it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.records import Preference
from app.search.parts import Part, name_of, parts_of, without
from app.search.request import SearchRequest
from app.ui import query
from app.ui.example import drop_example, example_name
from app.ui.parts.faces import faces_of_example
from app.ui.parts.words import plain
from app.ui.shared import page_runtime

_LOOKS: dict[str, Any] = {"icon": ":material/close:", "help": "Remove this filter"}


def active_filters(
    request: SearchRequest, names: Mapping[str, str], preferences: Sequence[Preference]
) -> None:
    """Draw a chip for each preference and each part of the search, and one that clears all parts.

    Args:
        request: the search.
        names: of titles, and of clips that are examples, by id.
        preferences: what was read in its words.
    """
    example, chips = example_name(), list(parts_of(request, names, query.USUAL))
    # Drawn even without chips, so that later elements keep their place and are not redrawn.
    with st.container(horizontal=True, gap="small", key="chips"):
        for each in preferences:
            values = " or ".join(each.values)
            st.button(
                f"“{plain(each.said)}” prefers {name_of(each.filter)}: {values}",
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
            st.button(plain(chip.label), key=_key(chip), on_click=_remove, args=(chip,), **_LOOKS)
        if example or chips:
            st.button("Clear all", key="chip.clear", type="tertiary", on_click=_clear)


def _key(chip: Part) -> str:
    return f"chip.{chip.field}" if chip.value is None else f"chip.{chip.field}.{chip.value}"


def _remove(chip: Part) -> None:
    query.write(without(query.latest(), chip, query.USUAL))


def _read_as_words(preference: Preference) -> None:
    others = query.latest().as_words
    query.change(as_words=[*others, preference.said])


def _clear() -> None:
    """Clear all chips; keep the words, the level and the order."""
    drop_example()
    kept = query.latest().model_dump(include={"q", "level", "order"})
    query.write(query.USUAL.model_copy(update=kept))
