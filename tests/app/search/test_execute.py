"""What a search asks of a store: of a server everything at once, of the embedded engine no more."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.search.request import SearchRequest
from app.search.searcher import Searcher
from app.search.worth import Worth
from indexer.pipeline_sections import SearchSettings
from indexer.store.base import Nearest, ScoredPoint
from indexer.store.client import ClientStore
from indexer.store.names import DIALOGUE, PICTURE, WORDS, pair
from tests.app.search.catalogue import TASKS, draw_catalogue, fake_models, fill
from tests.indexer.store.standin import ask, standing_in

SETTINGS = SearchSettings(weights={"picture": 1.0, "dialogue": 1.0, "words": 1.0})
PAIR = "drawn-0"


@pytest.mark.parametrize(
    ("asked", "vectors"),
    [({}, 3), ({"tone": ["sad"]}, 6), ({"also": "night"}, 6), ({"then": "night"}, 6)],
    ids=str,
)
def test_a_server_is_asked_three_times_a_search(asked: dict[str, Any], vectors: int) -> None:
    request = SearchRequest.model_validate({"q": "snow", "tail": "keep", **asked})
    sizes: list[int] = []
    with standing_in() as server, ask(server) as store, pytest.MonkeyPatch.context() as patch:
        fill(store, PAIR, draw_catalogue(0))
        batch = ClientStore.query_batch

        def noting(
            store: ClientStore, collection: str, wanted: Sequence[Nearest]
        ) -> Sequence[list[ScoredPoint]]:
            sizes.append(len(wanted))
            return batch(store, collection, wanted)

        patch.setattr(ClientStore, "query_batch", noting)
        worth = Worth()
        worth.percentiles(store, pair(PAIR)[1])
        server.asked.clear()
        searcher = Searcher(store, fake_models(), SETTINGS, TASKS, PAIR, worth=worth)
        answer = searcher.run(request)
        assert answer.hits
        assert [path.split("/", 2)[2] for _, path in server.asked] == [
            "points/query/batch",
            "points",
            "points",
        ]
        assert sizes == [vectors]
        # Another filter needs no search of the whole index, and finds what it finds with one.
        filtered = SearchRequest.model_validate({**asked, "q": "snow", "tone": ["sad"]})
        again = searcher.run(filtered)
        assert sizes == [vectors, 6 if {"also", "then"} & asked.keys() else 3]
        assert (
            again.hits == Searcher(store, fake_models(), SETTINGS, TASKS, PAIR).run(filtered).hits
        )
        patch.setattr(ClientStore, "is_remote", False)
        one_by_one = Searcher(store, fake_models(), SETTINGS, TASKS, PAIR).run(request)
    assert one_by_one.hits == answer.hits
    assert one_by_one.found == answer.found


def test_fields_that_no_reason_needs_are_not_read() -> None:
    read: dict[str, object] = {}
    with standing_in() as server, ask(server) as store, pytest.MonkeyPatch.context() as patch:
        fill(store, PAIR, draw_catalogue(0))
        request = ClientStore._request

        def noting(store: ClientStore, wanted: Nearest) -> object:
            read[wanted.using] = wanted.fields
            return request(store, wanted)

        patch.setattr(ClientStore, "_request", noting)
        Searcher(store, fake_models(), SETTINGS, TASKS, PAIR).run(SearchRequest(q="snow"))
    line = ("clip_id", "lines")
    assert read == {PICTURE: ("clip_id",), DIALOGUE: line, WORDS: (*line, "screen_text")}
