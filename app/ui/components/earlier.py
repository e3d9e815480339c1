"""What a page says over an index that an earlier version made, and the button that mends it."""

import streamlit as st

from app.jobs.records import JobRequest
from app.runtime import Runtime
from app.states import CatalogueState
from app.ui.components.words import plain
from indexer.errors import ReelfindError

_UPDATE = JobRequest(kind="rescore")


def earlier_notice(runtime: Runtime, state: CatalogueState) -> None:
    """Say what is left out of searches, unless nothing is."""
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
