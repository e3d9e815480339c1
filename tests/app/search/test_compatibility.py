"""Searching a pair that an earlier version made, over both engines."""

import warnings
from collections.abc import Iterator

import pytest
from qdrant_client import QdrantClient

from app.search.filters import COMPARED
from app.search.request import RequestError, SearchRequest
from app.search.searcher import Searcher
from indexer.errors import ReelfindError
from indexer.pipeline_sections import SearchSettings
from indexer.store.base import Store
from indexer.store.client import ClientStore
from indexer.store.edge import EdgeStore
from indexer.traits import VALUES
from indexer.versions import SCHEMA_VERSION
from tests.app.search.catalogue import TASKS, draw_catalogue, fake_models, fill

EARLIER = "drawn-0123abcd"
NOW = f"{EARLIER}-{SCHEMA_VERSION}"
NO_LOOKS: dict[str, object] = {kind: [] for kind in VALUES}
LATER = f"{EARLIER}-{SCHEMA_VERSION + 1}"


@pytest.fixture(scope="module", params=["oracle", "embedded"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A catalogue that is in three pairs: of an earlier, of this and of a later version."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Payload indexes have no effect in the local Qdrant")
        store: Store = (
            EdgeStore(tmp_path_factory.mktemp("store"))
            if request.param == "embedded"
            else ClientStore(QdrantClient(":memory:"), "memory")
        )
        with store:
            for name in (EARLIER, NOW, LATER):
                fill(store, name, draw_catalogue(0))
            yield store


def search(store: Store, name: str, **weights: float) -> Searcher:
    store.set_current(name)
    return Searcher(store, fake_models(), SearchSettings(weights=weights), TASKS)


def test_the_routes_that_fit_find_the_same_and_the_answer_says_so(store: Store) -> None:
    request = SearchRequest(q="snow", tail="keep", limit=200)
    now = search(store, NOW, picture=1.0, dialogue=1.0, words=1.0, context=0.0).run(request)
    answer = search(store, EARLIER, picture=1.0, dialogue=1.0, words=1.0, context=1.0).run(request)
    # Where scores tie, two collections may differ in the order.
    assert {hit.id for hit in answer.hits} == {hit.id for hit in now.hits}
    assert "context" not in {why.route for hit in answer.hits for why in hit.why}
    assert now.notice == ""
    *kinds, last = dict.fromkeys(each.kind for each in COMPARED.values() if each.kind)
    assert answer.notice == (
        "The index was made by an earlier version of Reelfind, so nothing is found by context. "
        f"It cannot be filtered by {', '.join(kinds)} or {last}. Run `reelfind index` to bring it "
        "up to date: no film is read again, and searches go on meanwhile."
    )


def test_filters_and_counts_go_on(store: Store) -> None:
    request = SearchRequest(tone=["calm"], limit=200)
    now = search(store, NOW).run(request).hits
    assert search(store, EARLIER).run(request).hits == now
    counted = search(store, EARLIER).facets(request)
    assert counted == search(store, NOW).facets(request).model_copy(update=NO_LOOKS)


def test_what_points_do_not_have_is_not_filtered_by(store: Store) -> None:
    request = SearchRequest(brightness=["dark"], limit=200)
    with pytest.raises(RequestError, match=r"brightness: .* `reelfind index`"):
        search(store, EARLIER).run(request)
    with pytest.raises(RequestError, match=r"brightness: .* `reelfind index`"):
        search(store, EARLIER).facets(request)
    assert search(store, NOW).run(request).hits


def test_a_route_that_does_not_fit_is_refused_where_it_is_named(store: Store) -> None:
    planner = search(store, EARLIER, picture=1.0)
    with pytest.raises(RequestError, match=r"routes: .* the route context .* `reelfind index`"):
        planner.run(SearchRequest(q="snow", routes=["picture", "context"]))


def test_a_later_version_is_refused_with_what_to_do(store: Store) -> None:
    with pytest.raises(ReelfindError, match=rf"index {LATER} .*; run `reelfind index`"):
        search(store, LATER, picture=1.0).run(SearchRequest(q="snow"))
