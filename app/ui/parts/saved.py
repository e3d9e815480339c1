"""Saved searches: what each looks for and what is new in it, and the dialog that saves one."""

from collections import Counter
from datetime import datetime

import streamlit as st

from app.runtime import Runtime
from app.saved.addresses import check_url
from app.saved.matching import new_since
from app.saved.outbox import Outbox
from app.saved.records import Delivery, NewHits, SavedSearch, describe, summary
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from app.ui.example import take_example
from app.ui.parts.cards import cards
from app.ui.parts.labelling import author
from app.ui.parts.words import counted, plain
from app.ui.query import PAGE_LIMIT, SEARCH_PAGE, address_of
from app.ui.shared import saved_searches
from indexer.errors import ReelfindError

SHOWN = 24
"""New hits that are shown; the search itself has the rest."""
OPENED = "id"
"""The address parameter for the saved search whose new hits are shown."""


def saved_row(runtime: Runtime, store: SavedStore, saved: SavedSearch) -> None:
    """Draw a saved search, with its new hits where the address says so."""
    with st.container(border=True, gap="xsmall", key=f"saved-{saved.id}"):
        st.subheader(plain(saved.name), anchor=False)
        st.markdown(plain(summary(saved)))
        new = _new(runtime, saved)
        by = f" by {plain(saved.author)}" if saved.author else ""
        st.caption(f"Saved {moment(saved.created)}{by} · last seen {moment(saved.seen)}")
        if saved.webhook:
            st.caption(f":material/webhook: {_webhook(runtime, saved)}")
        opened = st.query_params.get(OPENED) == saved.id
        _acts(store, saved, new, opened)
        if opened and new and new.hits:
            _hits(runtime, saved, new)


def moment(when: datetime) -> str:
    """Return a moment in words."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def _new(runtime: Runtime, saved: SavedSearch) -> NewHits | None:
    """Draw how many hits are new and return them; on an error, show it and return None."""
    try:
        new = new_since(runtime.search_saved, runtime.listing, saved)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    if new.hits:
        titles = len({hit.title_id for hit in new.hits})
        place = f"in {counted(titles, 'title')} indexed since it was last seen"
        st.markdown(f"**{len(new.hits):,} new** {place}")
    elif new.titles:
        st.markdown(f"Nothing new in {counted(new.titles, 'title')} indexed since")
    else:
        st.markdown("Nothing new: no title was indexed since")
    return new


def _acts(store: SavedStore, saved: SavedSearch, new: NewHits | None, opened: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            "Open the search",
            key=f"open-{saved.id}",
            icon=":material/search:",
            type="tertiary",
            disabled=saved.request is None,
        ):
            _open(saved)
        if new and new.hits:
            st.button(
                "Hide what is new" if opened else "Show what is new",
                key=f"show-{saved.id}",
                icon=":material/visibility_off:" if opened else ":material/new_releases:",
                type="tertiary",
                on_click=_turn,
                args=(None if opened else saved.id,),
            )
        if st.button(
            "Mark as seen",
            key=f"seen-{saved.id}",
            icon=":material/done_all:",
            type="tertiary",
            help="What is in the catalogue now is no longer new in it, for anybody.",
            disabled=not new or not new.titles,
        ):
            assert new is not None
            store.look(saved, new.until, new.number)
            st.rerun()
        st.link_button(
            "Feed",
            f"api/v1/saved/{saved.id}/feed",
            key=f"feed-{saved.id}",
            icon=":material/rss_feed:",
            type="tertiary",
            help="The titles that match, newest first, as a JSON Feed for a feed reader.",
        )
        if st.button("Delete", key=f"delete-{saved.id}", icon=":material/delete:", type="tertiary"):
            _delete(store, saved)


def _open(saved: SavedSearch) -> None:
    """Open the search page; the search's example is kept in the session, as an upload is."""
    request = saved.runnable()
    take_example(saved.name, request)
    request = request.model_copy(update={"limit": PAGE_LIMIT})
    st.switch_page(SEARCH_PAGE, query_params=address_of(request))


def _turn(saved_id: str | None) -> None:
    if saved_id is None:
        st.query_params.pop(OPENED, None)
    else:
        st.query_params[OPENED] = saved_id


@st.fragment
def _hits(runtime: Runtime, saved: SavedSearch, new: NewHits) -> None:
    """Draw the new hits. A fragment: playing one does not run the search again."""
    cards(
        runtime,
        new.hits[:SHOWN],
        key=f"new-{saved.id}",
        classes="compact",
    )
    if len(new.hits) > SHOWN:
        st.caption(f"and {len(new.hits) - SHOWN:,} more: open the search for them")


def _webhook(runtime: Runtime, saved: SavedSearch) -> str:
    """Return the address of a webhook and how its latest messages went, in words."""
    sent = Outbox(runtime.database).of(saved)
    if not sent:
        return f"{plain(str(saved.webhook))}: nothing to tell yet"
    states = Counter(each.state for each in sent)
    went = ", ".join(f"{states[state]} {state}" for state in sorted(states))
    return f"{plain(str(saved.webhook))}: {went}{_trouble(sent)}"


def _trouble(sent: list[Delivery]) -> str:
    """Return why the latest undelivered message failed; empty if all were delivered."""
    errors = [each.error for each in sent if each.delivered is None and each.error]
    return f" · {plain(errors[0])}" if errors else ""


@st.dialog("Delete this saved search?")
def _delete(store: SavedStore, saved: SavedSearch) -> None:
    hook = " Its webhook is told nothing more." if saved.webhook else ""
    st.markdown(f"**{plain(saved.name)}** is gone for everybody, and its feed with it.{hook}")
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key="delete.yes"):
            try:
                store.remove(saved)
            except ReelfindError as error:
                st.error(plain(str(error)), icon=":material/error:")
                return
            st.rerun()
        if st.button("Keep it", key="delete.no"):
            st.rerun()


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
        number = runtime.listing.last_number()
        made, secret = saved_searches(runtime).add(name, request, author(), webhook or None, number)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state[_SAVED] = made.name, secret
    st.rerun(scope="fragment")


def _tell(name: str, secret: str | None) -> None:
    """Confirm that the search was saved, and show the secret, which is visible only once."""
    st.success(f"{plain(name)} is saved. What comes from now on is new in it.")
    if secret:
        st.markdown("Its webhook's messages are signed with this. It is not shown again:")
        st.code(secret, language=None)
    with st.container(horizontal=True):
        if st.button("Saved searches", icon=":material/arrow_forward:"):
            st.switch_page(PAGE)
        if st.button("Done"):
            st.rerun()
