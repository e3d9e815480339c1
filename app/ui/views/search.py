"""The search page: a box, filters with counts, and the hits."""

import streamlit as st

from app.runtime import Runtime
from app.search.filters import COMPARED
from app.search.request import RequestError, SearchRequest
from app.ui import query
from app.ui.example import drop_example
from app.ui.parts.cards import results
from app.ui.parts.chips import active_filters
from app.ui.parts.filters import filter_panel
from app.ui.parts.labelling import annotator_box
from app.ui.parts.people import people_names
from app.ui.parts.searchbox import search_box
from app.ui.parts.state import stop_unless_ready
from app.ui.parts.story import story_slider
from app.ui.parts.toolbar import paging, toolbar
from app.ui.parts.words import plain
from app.ui.shared import page_runtime
from indexer.errors import ReelfindError


def chip_names(runtime: Runtime, request: SearchRequest, known: dict[str, str]) -> dict[str, str]:
    """Return names for the ids in a search: ``known`` ones, and examples by title and timecode."""
    examples = [*request.like, *request.unlike, *request.good, *request.bad]
    names = dict(known)
    for identity in examples:
        if identity not in names:
            try:
                hit = runtime.neighbours(identity, 0, 0).hit
                names[identity] = f"{hit.title} {hit.timecode_in}"
            except RequestError:
                names[identity] = "a clip that is no longer there"
    return names


def tell(error: ReelfindError, request: SearchRequest) -> None:
    """Show an error, with a link that resolves it if there is one."""
    st.error(plain(str(error)), icon=":material/error:")
    field = error.field if isinstance(error, RequestError) else ""
    if field == "cursor":
        st.button("To the first page", on_click=query.write, args=(request,))
    elif field in ("still", "clip"):
        st.button("Search without it", on_click=drop_example)
    elif field in ("like", "unlike", "good", "bad"):
        bare = request.model_copy(update={"like": [], "unlike": [], "good": [], "bad": []})
        st.button("Search without the examples", on_click=query.write, args=(bare,))
    elif field in COMPARED or field == "where":
        bare = request.model_copy(update={field: SearchRequest.model_fields[field].get_default()})
        st.button("Search without this filter", on_click=query.write, args=(bare,))


runtime = page_runtime()
stop_unless_ready(runtime)

request = query.read()
search_box(request)
try:
    with st.spinner("Searching"):
        response, facets = runtime.answer(request)
    settled = request.model_copy(update=response.query.model_dump(include={*COMPARED}))
    if settled != request:
        query.write(settled)
        request = settled
except ReelfindError as error:
    tell(error, request)
    st.stop()

try:
    names = runtime.title_names(request.title) | people_names(runtime)
except ReelfindError as error:
    tell(error, request)
    st.stop()
active_filters(request, chip_names(runtime, request, names), response.preferences)
story_slider(request)
results(runtime, response, toolbar(runtime, request, response))
paging(request, response)
# Last, since counting takes time: the hits are on the screen by then.
with st.sidebar:
    filter_panel(request, facets(), runtime.tasks, names)
    annotator_box()
