"""The titles page: the catalogue, the films being added, and problems."""

from typing import Literal

import streamlit as st

from app.runtime import Runtime
from app.states import CatalogueState
from app.ui.parts.state import earlier_notice
from app.ui.parts.titles.adding import adding_panel
from app.ui.parts.titles.queue import queue_panel
from app.ui.parts.titles.row import title_row
from app.ui.parts.words import plain
from app.ui.shared import page_runtime
from indexer.errors import ReelfindError
from indexer.manifest import by_name
from indexer.remote_path import RemotePath
from indexer.titles import Titles, has_words

Shown = Literal["All", "Film moved"]
PAGE = 50  # Titles. Not a docstring: Streamlit shows loose strings on the page.
PATIENCE = 0.5  # Seconds that the page waits for the check for missing films.


def main() -> None:
    """Draw the page."""
    runtime = page_runtime()
    st.title("Titles", anchor=False)
    try:
        state = runtime.state()
        _tell(runtime, state)
        adding_panel(runtime, folded=bool(state.titles))
        queue_panel(runtime)
        if state.kind == "ready":
            _titles(runtime, runtime.listing)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _tell(runtime: Runtime, state: CatalogueState) -> None:
    """Show problems with the index; the rest of the page works without it."""
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
            listed = "The list of titles appears when that is done."
            st.info(plain(f"{state.message} {listed}"), icon=":material/hourglass_top:")
        case "ready":
            earlier_notice(runtime, state)


def _titles(runtime: Runtime, listing: Titles) -> None:
    count, (shots, clips) = listing.count(), listing.spans()
    st.caption(f"{count:,} title{'' if count == 1 else 's'} · {clips:,} clips · {shots:,} shots")
    moved = runtime.moved_films.away(PATIENCE)
    words, only = _filters(len(moved))
    if only == "All":
        found = listing.count(words)
    else:
        away = by_name(each for each in listing.of(moved).values() if has_words(each, words))
        found = len(away)
    if not found:
        st.info("No title is like that; try other words.", icon=":material/search_off:")
        return
    pages = -(-found // PAGE)
    page = min(st.pagination(pages, key="page", bind="query-params"), pages) if pages > 1 else 1
    first = (page - 1) * PAGE
    shown = listing.page(PAGE, first, words) if only == "All" else away[first : first + PAGE]
    working = {
        title_id
        for job in runtime.jobs.jobs()
        if not job.has_ended
        for title_id in job.request.titles
    }
    for manifest in shown:
        title_id, film = manifest.title.title_id, manifest.title.media.path
        # An object store would be asked for each; the check in the background lists its folders.
        is_away = title_id in moved if isinstance(film, RemotePath) else not film.is_file()
        title_row(runtime, manifest, is_away, title_id in working)


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


main()
