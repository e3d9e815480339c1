"""Saving the search on the page under a name."""

import streamlit as st

from app.runtime import Runtime
from app.saved.addresses import check_url
from app.saved.matching import last_number
from app.saved.wording import describe
from app.search.request import SearchRequest
from app.ui.components.people import author
from app.ui.components.words import plain
from app.ui.shared import saved_searches
from indexer.errors import ReelfindError

PAGE = "views/saved.py"
_SAVED = "saving.saved"
"""What was saved since the dialog was opened: its name, and its webhook's secret, if any."""


def open_saving(runtime: Runtime, request: SearchRequest) -> None:
    """Open the dialog that asks for the name of ``request``."""
    st.session_state.pop(_SAVED, None)
    _dialog(runtime, request)


@st.dialog("Save this search")
def _dialog(runtime: Runtime, request: SearchRequest) -> None:
    # How many hits a page shows is not part of what is looked for.
    request = request.model_copy(update={"limit": SearchRequest().limit, "cursor": None})
    if _SAVED in st.session_state:
        _tell(*st.session_state[_SAVED])
    else:
        _ask(runtime, request)


def _ask(runtime: Runtime, request: SearchRequest) -> None:
    st.caption(plain(describe(request)) or "Everything in the catalogue")
    name = st.text_input("Name", key="saving.name", max_chars=200, placeholder="Robots").strip()
    webhook = st.text_input(
        "Webhook, if any",
        key="saving.webhook",
        max_chars=2000,
        placeholder="https://example.org/reelfind",
        help="An address that is sent a message when a newly indexed title matches.",
    ).strip()
    if not st.button("Save", key="saving.save", type="primary", disabled=not name):
        return
    try:
        if webhook:
            check_url(webhook, runtime.settings.webhooks)
        number = last_number(runtime.catalogue.manifests())
        made, secret = saved_searches(runtime).add(name, request, author(), webhook or None, number)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state[_SAVED] = made.name, secret
    st.rerun(scope="fragment")


def _tell(name: str, secret: str | None) -> None:
    """Say that it was done, with the secret, which is shown only once."""
    st.success(f"{plain(name)} is saved. What comes from now on is new in it.")
    if secret:
        st.markdown("Its webhook's messages are signed with this. It is not shown again:")
        st.code(secret, language=None)
    with st.container(horizontal=True):
        if st.button("Saved searches", icon=":material/arrow_forward:"):
            st.switch_page(PAGE)
        if st.button("Done"):
            st.rerun()
