"""The search as the page's address.

Data flows one way: address → widgets; a widget's change → address. So a link holds the whole
search, with the parameters of the API. Two things are not in it: an uploaded image or clip, which
is too long and stays in the session, and the previous pages of hits.
"""

from typing import Any, get_args

import streamlit as st
from pydantic import ValidationError

from app.search.parts import LISTS
from app.search.request import Level, SearchRequest
from app.ui.example import read_example

LEVELS: tuple[Level, ...] = get_args(Level)

PAGE_LIMIT = 48
"""Hits on a page unless the address says otherwise: fills rows of 2, 3, 4 and 6."""
USUAL = SearchRequest(q="", limit=PAGE_LIMIT)
"""The search of an empty address."""

SEARCH_PAGE = "views/search.py"

NOT_IN_LINKS = {"still", "clip", "cursor"}

_LAST = "last_search"
_SHOWN = "search_shown"
_TRAIL = "pages"


def read() -> SearchRequest:
    """Return the search in the address; a part that makes no sense is left out with a warning.

    An address without a search restores the last search if the user comes from another page. If
    they went back on this page, it shows none.
    """
    last = st.session_state.get(_LAST)
    if last and not _given() and not st.session_state.get(_SHOWN):
        st.query_params.from_dict({**_others(), **last})
    given = _given()
    while True:
        try:
            request = SearchRequest.model_validate({"limit": PAGE_LIMIT} | given)
            st.session_state[_SHOWN], st.session_state[_LAST] = True, _changed(request)
            return request.model_copy(update=read_example())
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            st.warning(f"Ignored an invalid “{name}” in the link.")
            del given[name]


def leave() -> None:
    """Record that another page is shown, so that ``read`` restores the last search."""
    st.session_state.pop(_SHOWN, None)


def write(request: SearchRequest) -> None:
    """Put ``request`` into the address.

    The cursor is left out: a new search begins at its first page, and so does a link.
    """
    changed = st.session_state[_LAST] = _changed(request)
    st.query_params.from_dict({**_others(), **changed})


def latest() -> SearchRequest:
    """Return the search that this page was last asked for.

    What a widget changes, it changes in this one, not in the search that it was drawn for: a
    browser that was not told yet of a newer search sends along what its widgets show, and
    Streamlit takes that for changed.
    """
    return SearchRequest.model_validate({"limit": PAGE_LIMIT} | st.session_state[_LAST])


def change(**fields: Any) -> None:
    """Change fields of the latest search, in the address; without a change the page stays."""
    now = latest()
    new = now.model_copy(update=fields)
    if new != now:
        write(new)


def address_of(request: SearchRequest) -> dict[str, str | list[str]]:
    """Return the address parameters of ``request``, at its first page."""
    return {
        name: [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in _changed(request).items()
    }


def next_page(request: SearchRequest, cursor: str) -> None:
    """Go to the page at ``cursor``, which is from the answer to ``request``."""
    trail = _trail(request)
    st.session_state[_TRAIL] = (_changed(request), [*trail, cursor])
    st.query_params["cursor"] = cursor


def previous_page(request: SearchRequest) -> None:
    """Go to the previous page, or to the first one if the session has not seen it."""
    trail = _trail(request)[:-1]
    st.session_state[_TRAIL] = (_changed(request), trail)
    if trail:
        st.query_params["cursor"] = trail[-1]
    else:
        st.query_params.pop("cursor", None)


def page_number(request: SearchRequest) -> int | None:
    """Return the number of this page of hits, from 1; None if it was opened by a link."""
    if request.cursor is None:
        return 1
    trail = _trail(request)
    return len(trail) + 1 if trail else None


def _trail(request: SearchRequest) -> list[str]:
    """Return the cursors that led from the first page to this one."""
    of, cursors = st.session_state.get(_TRAIL, ({}, []))
    if of != _changed(request) or request.cursor not in cursors:
        return []
    return list(cursors[: cursors.index(request.cursor) + 1])


def _changed(request: SearchRequest) -> dict[str, Any]:
    """Return the fields of the search that differ from the defaults, as JSON values."""
    values = request.model_dump(mode="json", exclude=NOT_IN_LINKS)
    return {name: value for name, value in values.items() if value != getattr(USUAL, name)}


def _others() -> dict[str, Any]:
    """Return the address's other parameters, such as the layout."""
    names = (name for name in st.query_params if name not in SearchRequest.model_fields)
    return {name: st.query_params[name] for name in names}


def add_example(identity: str, wanted: bool) -> None:
    """Make a hit a positive or a negative example; it cannot be both."""
    request = latest()
    near = [each for each in request.like if each != identity]
    far = [each for each in request.unlike if each != identity]
    (near if wanted else far).append(identity)
    change(like=near, unlike=far)


def _given() -> dict[str, object]:
    """Return the parameters of the address that are fields of a search; only lists may repeat."""
    return {
        name: st.query_params.get_all(name) if name in LISTS else st.query_params[name]
        for name in st.query_params
        if name in SearchRequest.model_fields
    }
