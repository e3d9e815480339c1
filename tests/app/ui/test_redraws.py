"""What a redraw of the search page costs: twenty editors share one interpreter."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from streamlit import config

from app.database.engine import Database
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.server import _streamlit_options
from app.ui import query
from indexer.store.edge import EdgeStore
from tests.app.ui.conftest import Open, search_box

GARBAGE = "runner.postScriptGC"


@contextmanager
def noted(owner: Any, name: str) -> Iterator[list[tuple[Any, ...]]]:
    """Note the arguments of each call of a function or method."""
    calls: list[tuple[Any, ...]] = []
    kept = getattr(owner, name)

    def noting(*given: Any, **named: Any) -> Any:
        calls.append(given)
        return kept(*given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, noting)
        yield calls


def test_counts_beside_filters_come_from_the_search_of_the_hits(
    browse: Open, runtime: Runtime
) -> None:
    page = browse(q="music")
    with noted(EdgeStore, "query") as alone:
        runtime.search(SearchRequest(q="music on stage", limit=query.PAGE_LIMIT))
    with noted(EdgeStore, "query") as drawn:
        search_box(page).input("music on stage").run()
    assert len(drawn) == len(alone) > 0
    assert page.get("button_group")


def test_labels_of_all_hits_are_read_at_once(browse: Open, runtime: Runtime) -> None:
    hits = runtime.search(SearchRequest(limit=query.PAGE_LIMIT)).hits
    assert len({hit.title_id for hit in hits}) > 1
    page = browse()
    with noted(Database, "read") as reads:
        page.run()
    assert [what for _, what in reads] == ["labels"]


def test_no_redraw_holds_the_others_up_to_collect_garbage(browse: Open) -> None:
    page = browse()
    usual = config.get_option(GARBAGE)
    config.set_option(GARBAGE, _streamlit_options("127.0.0.1", 0)[GARBAGE])
    try:
        with noted(gc, "collect") as collected:
            page.run()
    finally:
        config.set_option(GARBAGE, usual)
    assert collected == []
