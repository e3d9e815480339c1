"""The search as the page's address: what is in it is what is searched.

Data goes one way: address → widgets; a widget's change → address. So a link holds the
whole search, with the parameters of the API. Two things are not in it: a picture or clip that was
dropped in, which is too long (it stays with the window), and the pages before.
"""

from typing import Any, get_args

import streamlit as st
from pydantic import ValidationError

from app.search.filters import Filters
from app.search.request import Level, SearchRequest, Sought
from app.ui.example import read_example

LEVELS: tuple[Level, ...] = get_args(Level)

REPEATED = {name for name, field in SearchRequest.model_fields.items() if field.get_default() == []}
"""The parameters that an address may hold several times."""
LISTS = sorted(REPEATED, key=[*Filters.model_fields, *Sought.model_fields].index)
"""The same, filters before examples."""

PAGE_LIMIT = 48
"""Hits on a page unless the address says otherwise: fills rows of 2, 3, 4 and 6."""

SEARCH_PAGE = "views/search.py"

NOT_IN_LINKS = {"still", "clip", "cursor"}

_LAST = "last_search"
_SHOWN = "search_shown"
_TRAIL = "pages"


def read() -> SearchRequest:
    """Return the search in the address; a part that makes no sense is left out with a warning.

    An address without a search, opened from another page, shows the search that was left there;
    reached by going back on this page, it shows none.
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
            st.warning(f"The address asks for {name} in a way that cannot be read; it is left out.")
            del given[name]


def leave() -> None:
    """Note that another page is shown, so that ``read`` gives back the search that was left."""
    st.session_state.pop(_SHOWN, None)


def write(request: SearchRequest) -> None:
    """Put ``request`` into the address.

    The place of a page is left out: another search begins at its first, and a link does too.
    """
    st.query_params.from_dict({**_others(), **_changed(request)})


def address_of(request: SearchRequest) -> dict[str, str | list[str]]:
    """Return the parameters of the address that holds ``request``, at its first page."""
    return {
        name: [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in _changed(request).items()
    }


def turn(request: SearchRequest, cursor: str) -> None:
    """Go on to the page that ``cursor``, from the answer to ``request``, asks for."""
    trail = _trail(request)
    st.session_state[_TRAIL] = (_changed(request), [*trail, cursor])
    st.query_params["cursor"] = cursor


def turn_back(request: SearchRequest) -> None:
    """Go to the page before; to the first one where the window did not come from it."""
    trail = _trail(request)[:-1]
    st.session_state[_TRAIL] = (_changed(request), trail)
    if trail:
        st.query_params["cursor"] = trail[-1]
    else:
        st.query_params.pop("cursor", None)


def page_number(request: SearchRequest) -> int | None:
    """Return which page of its search this is, from 1; None where only the link knows."""
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
    """Return what a link to the search says, in values that JSON has."""
    unset = SearchRequest(q="", limit=PAGE_LIMIT)
    values = request.model_dump(mode="json", exclude=NOT_IN_LINKS)
    return {name: value for name, value in values.items() if value != getattr(unset, name)}


def _others() -> dict[str, Any]:
    """Return what else the address holds, such as how hits are laid out."""
    names = (name for name in st.query_params if name not in SearchRequest.model_fields)
    return {name: st.query_params[name] for name in names}


def exemplify(request: SearchRequest, identity: str, wanted: bool) -> None:
    """Make a hit an example of what is looked for, or of what is not; it cannot be both."""
    near = [each for each in request.like if each != identity]
    far = [each for each in request.unlike if each != identity]
    (near if wanted else far).append(identity)
    write(request.model_copy(update={"like": near, "unlike": far}))


def _given() -> dict[str, object]:
    """The address's parameters that a search knows; only lists may repeat."""
    return {
        name: st.query_params.get_all(name) if name in REPEATED else st.query_params[name]
        for name in st.query_params
        if name in SearchRequest.model_fields
    }
