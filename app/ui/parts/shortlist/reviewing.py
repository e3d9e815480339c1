"""Reviews on the page of a shortlist: links for others, their comments and answers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin

import streamlit as st

from app.reviews.bodies import ApprovalRow, ReviewCommentRow, ReviewFeedback, ReviewLinkRow
from app.reviews.page import address_of
from app.reviews.showing import feedback_on
from app.reviews.store import ReviewStore
from app.runtime import Runtime
from app.shortlists.records import Shortlist
from app.ui.parts.labelling import author
from app.ui.parts.shortlist.editing import fail
from app.ui.parts.words import plain
from app.ui.shared import page_runtime, shortlists
from indexer.errors import ReelfindError

_MADE = "review.made"
"""The address of the link that was just made: it is shown once."""
_DAYS = {7: "1 week", 14: "2 weeks", 30: "30 days", 90: "90 days", 365: "1 year"}


def read_feedback(runtime: Runtime, seen: Shortlist) -> ReviewFeedback:
    """Return what reviewers say of a list."""
    reviews = ReviewStore(runtime.database)
    return feedback_on(runtime.catalogue, shortlists(runtime), reviews, seen)


def open_review(seen: Shortlist) -> None:
    """Open the dialog with the review links of a list."""
    st.session_state.pop(_MADE, None)
    _dialog(seen)


@st.dialog("Review links", width="large")
def _dialog(seen: Shortlist) -> None:
    st.caption(
        "Whoever has a link can play this list, comment and approve it, without a key. They reach "
        "its items only, not the films they come from."
    )
    runtime = page_runtime()
    store = ReviewStore(runtime.database)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("For", max_chars=100, placeholder="Marketing").strip()
        days = st.selectbox("Works for", list(_DAYS), index=1, format_func=_DAYS.__getitem__)
        create = st.button("Create link", type="primary", disabled=not name)
    try:
        if create:
            key, _ = store.make(seen.shortlist_id, name, days, author())
            address = address_of(runtime.settings.server.base_path, key)
            st.session_state[_MADE] = urljoin(st.context.url or "", address)
        if _MADE in st.session_state:
            st.code(st.session_state[_MADE], language=None, wrap_lines=True)
            st.caption("Copy the link now: it is not shown again.")
        for link in store.links(seen.shortlist_id):
            if link.revoked is None and link.ends > datetime.now(UTC):
                _link(seen, link)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _link(seen: Shortlist, link: ReviewLinkRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(link.name)}** · until {link.ends:%Y-%m-%d}", width="stretch")
        if st.button("Revoke", key=f"revoke.{link.link_id}", icon=":material/link_off:"):
            ReviewStore(page_runtime().database).revoke(seen.shortlist_id, link.link_id)
            st.rerun(scope="fragment")


def summary_of(feedback: ReviewFeedback, item_id: str) -> str:
    """Return what reviewers say of an item, in a line."""
    said = sum(each.item_id == item_id for each in feedback.comments)
    comments = [f"{said} comment{'' if said == 1 else 's'}"] if said else []
    return " · ".join([*comments, *_answers(feedback.approvals, item_id)])


def list_feedback(seen: Shortlist, feedback: ReviewFeedback) -> None:
    """Draw what reviewers say of the whole list, and of items that are no longer in it."""
    there = {item.item_id for item in seen.items}
    comments = [each for each in feedback.comments if each.item_id not in there]
    answers = _answers(feedback.approvals, None)
    if not comments and not answers:
        return
    with st.container(border=True, key="list-feedback"):
        st.markdown(f"**Review** {plain(' · '.join(answers))}")
        _comments(seen, comments)


def item_feedback(seen: Shortlist, feedback: ReviewFeedback, item_id: str) -> None:
    """Draw what reviewers say of an item."""
    comments = [each for each in feedback.comments if each.item_id == item_id]
    answers = _answers(feedback.approvals, item_id)
    if comments or answers:
        st.markdown(f"**Review** {plain(' · '.join(answers))}")
        _comments(seen, comments)


def _answers(approvals: Sequence[ApprovalRow], item_id: str | None) -> list[str]:
    words = {True: "approved", False: "needs changes"}
    return [
        f"{each.name}: {words[each.approved]}{' (before a change)' if each.changed else ''}"
        for each in approvals
        if each.item_id == item_id
    ]


def _comments(seen: Shortlist, comments: Sequence[ReviewCommentRow]) -> None:
    for said in comments:
        made = f"{said.made:%Y-%m-%d %H:%M} UTC"
        about = [f"{said.name} ({said.link})", said.timecode or "", made]
        if said.item_id is not None and said.changed:
            about.append("changed since" if _there(seen, said) else "item removed")
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.caption(plain(" · ".join(filter(None, about))))
                st.text(said.text)
            st.button(
                "Remove comment",
                key=f"comment.{said.comment_id}",
                icon=":material/delete:",
                on_click=_remove,
                args=(seen.shortlist_id, said.comment_id),
            )


def _there(seen: Shortlist, said: ReviewCommentRow) -> bool:
    return any(item.item_id == said.item_id for item in seen.items)


def _remove(shortlist_id: str, comment_id: str) -> None:
    try:
        ReviewStore(page_runtime().database).remove(shortlist_id, comment_id)
    except ReelfindError as error:
        fail(str(error))
