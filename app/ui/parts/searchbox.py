"""The search box, the choice between clips and shots, and the drop area for an example."""

import streamlit as st

from app.search.request import Level, SearchRequest
from app.ui import query
from app.ui.example import CLIPS, MEGABYTES, STILLS, example_name, keep_example, read_example
from app.ui.parts.words import plain
from app.ui.shared import is_shown, key_of, page_runtime, show_in

_NAMES: dict[Level, str] = {"clip": "Clips", "shot": "Shots"}
_DROPS = "example.drops"
"""How many files were dropped: each has a new place, so that the same one can come again."""


def search_box(request: SearchRequest) -> None:
    """Draw the search box for ``request``; a change goes to the address."""
    words, level = key_of("box.q", request.q), key_of("box.level", request.level)
    with st.container(horizontal=True, vertical_alignment="bottom", key="searchbox"):
        st.text_input(
            "Search",
            key=words,
            max_chars=1000,
            icon=":material/search:",
            placeholder="What is seen or said: snow and mountains, “I'm searching for someone”",
            help="Describe what is in the picture, or what is said. Leave it empty to "
            "browse what the filters leave.",
            on_change=_search,
            args=(words,),
        )
        with st.popover("Combine", icon=":material/join_inner:", key="combine"):
            _combine(request)
        with st.popover("Search by image or clip", icon=":material/image_search:", key="example"):
            _drop()
        st.segmented_control(
            "Find",
            query.LEVELS,
            key=level,
            required=True,
            format_func=_NAMES.__getitem__,
            help="A clip is a run of shots that belong together; a shot lies between two cuts.",
            on_change=_choose,
            args=(level,),
        )


def _combine(request: SearchRequest) -> None:
    """Draw what a search by words may be combined with."""
    then, also = key_of("box.then", request.then), key_of("box.also", request.also)
    within = key_of("box.within", request.within)
    no_words = not request.q.strip()
    st.text_input(
        "Then",
        key=then,
        max_chars=1000,
        disabled=no_words,
        placeholder="a close-up of a face",
        help="What follows your words, later in the same title.",
        on_change=_say,
        args=("then", "also", then),
    )
    st.number_input(
        "Within (s)",
        1.0,
        36_000.0,
        key=within,
        step=5.0,
        format="%g",
        disabled=no_words,
        help="The most seconds between the two.",
        on_change=_limit,
        args=(within,),
    )
    st.text_input(
        "Also",
        key=also,
        max_chars=1000,
        disabled=no_words,
        placeholder="snow",
        help="What the same clip or shot has beside your words.",
        on_change=_say,
        args=("also", "then", also),
    )


def _say(field: str, other: str, key: str) -> None:
    """Put words into a field; a search has only one of the two."""
    if is_shown(key):
        words = str(st.session_state[key]).strip()
        show_in(key, words)
        query.change(**{field: words, **({other: ""} if words else {})})


def _limit(key: str) -> None:
    if is_shown(key):
        query.change(within=st.session_state[key])


def _drop() -> None:
    """Draw the drop area for an image or a clip."""
    key = f"example.file.{st.session_state.get(_DROPS, 0)}"
    st.file_uploader(
        "Drop a picture or a short clip",
        [*STILLS, *CLIPS],
        key=key,
        max_upload_size=MEGABYTES,
        on_change=_keep,
        args=(key,),
    )
    if name := example_name():
        st.caption(f"Searching by {plain(name)}. A link to this search does not hold it.")
        if read_example().get("still") and not page_runtime().settings.who.enabled:
            st.caption("Recognising people is off. `who.enabled` in the settings switches it on.")


def _keep(key: str) -> None:
    file = st.session_state[key]
    if file is not None:
        keep_example(file.name, file.getvalue())
        st.session_state[_DROPS] = st.session_state.get(_DROPS, 0) + 1
        st.query_params.pop("cursor", None)


def _search(key: str) -> None:
    if is_shown(key):
        words = str(st.session_state[key]).strip()
        # As the address will have it. Otherwise a new box would follow, without the keyboard.
        show_in(key, words)
        rest = {} if words else {"then": "", "also": ""}  # They need words beside them.
        query.change(q=words, **rest)


def _choose(key: str) -> None:
    if is_shown(key):
        query.change(level=st.session_state[key])
