"""The page of titles: what is in the catalogue, what is being added, and what needs a hand."""

from typing import Literal

import streamlit as st

from app.runtime import Runtime
from app.ui.parts.state import earlier_notice
from app.ui.parts.titles.adding import adding_panel
from app.ui.parts.titles.queue import queue_panel
from app.ui.parts.titles.row import title_row
from app.ui.parts.words import plain
from app.ui.shared import page_runtime
from indexer.catalogue import Manifest
from indexer.errors import ReelfindError

Shown = Literal["All", "Film moved"]
PAGE = 25  # Titles. No docstring: a page of Streamlit's shows loose strings.


def main() -> None:
    """Draw the page."""
    runtime = page_runtime()
    st.title("Titles", anchor=False)
    try:
        manifests = runtime.catalogue.manifests()
        _tell(runtime)
        adding_panel(runtime, folded=bool(manifests))
        queue_panel(runtime)
        if manifests:
            _titles(runtime, manifests)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _tell(runtime: Runtime) -> None:
    """Say what is the matter, where something is; the rest of the page is there all the same."""
    state = runtime.state()
    match state.kind:
        case "empty":
            st.info(
                "Add a folder of films, or drop one here.",
                icon=":material/movie:",
                title="Nothing in the catalogue yet",
            )
        case "broken":
            st.error(plain(state.message), icon=":material/error:", title="It cannot be searched")
            st.markdown(plain(state.next_step))
            st.button("Try again", icon=":material/refresh:")
        case "indexing":
            st.info(plain(state.message), icon=":material/hourglass_top:")
        case "ready":
            earlier_notice(runtime, state)


def _titles(runtime: Runtime, manifests: list[Manifest]) -> None:
    moved = {each.title.title_id for each in manifests if not each.title.media.path.is_file()}
    shots, clips = sum(each.shots for each in manifests), sum(each.clips for each in manifests)
    count = len(manifests)
    st.caption(f"{count:,} title{'' if count == 1 else 's'} · {clips:,} clips · {shots:,} shots")
    words, only = _filters(len(moved))
    found = [
        each
        for each in manifests
        if _matches(each, words) and (only == "All" or each.title.title_id in moved)
    ]
    if not found:
        st.info("No title is like that; try other words.", icon=":material/search_off:")
        return
    pages = -(-len(found) // PAGE)
    page = min(st.pagination(pages, key="page", bind="query-params"), pages) if pages > 1 else 1
    working = {
        title_id
        for job in runtime.jobs.jobs()
        if not job.has_ended
        for title_id in job.request.titles
    }
    for manifest in found[(page - 1) * PAGE : page * PAGE]:
        title_id = manifest.title.title_id
        title_row(runtime, manifest, title_id in moved, title_id in working)


def _filters(moved: int) -> tuple[str, Shown]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Find a title",
            key="find",
            bind="query-params",
            max_chars=200,
            width=480,
            icon=":material/search:",
            placeholder="Name, series, genre, tag, file",
        )
        only: Shown = "All"
        if moved:
            names: dict[Shown, str] = {"All": "All", "Film moved": f"Film moved ({moved})"}
            only = st.segmented_control(
                "Show",
                list(names),
                key="only",
                bind="query-params",
                default="All",
                required=True,
                format_func=names.__getitem__,
            )
    return words, only


def _matches(manifest: Manifest, words: str) -> bool:
    """Return whether each word is somewhere in what is known of a title."""
    known = manifest.title.metadata
    text = " ".join(
        (
            known.name,
            known.series or "",
            *known.genres,
            *manifest.genres,
            *known.tags,
            str(known.year or ""),
            manifest.language or "",
            manifest.title.media.path.name,
        )
    ).casefold()
    return all(word in text for word in words.casefold().split())


main()
