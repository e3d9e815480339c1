"""What a page shows if there is no index to search, or one from an earlier version."""

import streamlit as st

from app.jobs.records import JobRequest
from app.runtime import Runtime
from app.states import CatalogueState
from app.ui.parts.words import plain
from indexer.errors import ReelfindError

REFRESH_SECONDS = 2.0


def stop_unless_ready(runtime: Runtime) -> None:
    """Show the state of the catalogue and end the page, unless it can be searched.

    An index from an earlier version can be searched, with a notice of what is missing.
    """
    state = runtime.state()
    match state.kind:
        case "ready":
            earlier_notice(runtime, state)
            return
        case "indexing":
            _watch(runtime)
        case "empty":
            st.info(plain(state.message), icon=":material/movie:", title="Nothing to search yet")
            st.markdown("Index a folder of films, in a terminal:")
            st.code(state.next_step, language="bash")
            st.button("Look again", icon=":material/refresh:")
        case "broken":
            st.error(
                plain(state.message), icon=":material/error:", title="The index cannot be read"
            )
            st.markdown(plain(state.next_step))
            st.button("Try again", icon=":material/refresh:")
    st.stop()


@st.fragment(run_every=REFRESH_SECONDS)
def _watch(runtime: Runtime) -> None:
    """Follow the first indexing, and show the search as soon as it is possible."""
    state = runtime.state()
    if state.kind != "indexing":
        st.rerun(scope="app")
    st.info(plain(state.message), icon=":material/hourglass_top:", title="The index is filling")
    if state.progress is not None:
        st.progress(state.progress, text=f"{state.progress:.0%}")
    st.markdown(plain(state.next_step))
    st.caption("This page follows by itself.")


_UPDATE = JobRequest(kind="rescore")


def earlier_notice(runtime: Runtime, state: CatalogueState) -> None:
    """Show a notice if an index from an earlier version limits searches."""
    if not state.notice:
        return
    st.warning(plain(state.notice), icon=":material/update:")
    try:
        going = any(job.request == _UPDATE and not job.has_ended for job in runtime.jobs.jobs())
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.button(
        "Bring up to date",
        key="earlier.update",
        icon=":material/update:",
        help="It is in the queue of the page Titles" if going else None,
        disabled=going,
        on_click=_update,
        args=(runtime,),
    )


def _update(runtime: Runtime) -> None:
    try:
        runtime.jobs.submit(_UPDATE)
        st.toast("It is being brought up to date; the page Titles shows how far it is.")
    except ReelfindError as error:
        st.toast(plain(str(error)), icon=":material/error:")
