"""The runtime that everything stands on: what it has ready, and what it refuses when it stops."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest

from app import index as index_module
from app.runtime import Runtime
from app.search.execute import Found, execute
from app.search.plan import SearchPlan
from app.search.request import SearchRequest
from app.search.scale import Scales
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.models import Models
from indexer.settings import Settings, load_settings
from indexer.store import shards
from indexer.store.base import Store

ASKED = SearchRequest(q="zebra")


def test_the_index_is_open_before_the_first_search(indexed_once: Path, models: Models) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once), models)
    runtime.open_ahead()
    try:
        with patch.object(shards, "load_shard", side_effect=AssertionError("opened only now")):
            assert runtime.search(ASKED).hits
    finally:
        runtime.close()


def test_where_nothing_is_indexed_there_is_nothing_to_open(tmp_path: Path) -> None:
    runtime = Runtime(tmp_path / "none", load_settings(tmp_path))
    runtime.open_ahead()
    runtime.close()
    assert not (tmp_path / "none").exists()


def test_a_start_does_not_wait_for_a_qdrant_server(tmp_path: Path) -> None:
    Catalogue(tmp_path).prepare("lite")
    runtime = Runtime(tmp_path, Settings(qdrant_url="http://127.0.0.1:9"))
    with patch.object(index_module, "open_index", side_effect=AssertionError("asked")):
        runtime.open_ahead()
    runtime.close()


def test_a_service_that_is_closed_has_loaded_its_networks(tmp_path: Path) -> None:
    """A process that ended meanwhile, as by Ctrl-C just after the start, would abort."""
    runtime = Runtime(tmp_path, Settings())
    runtime.load_ahead()
    runtime.close()
    assert not runtime.is_loading


def test_a_service_that_was_closed_opens_nothing_again(indexed_once: Path, models: Models) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once), models)
    runtime.close()
    with pytest.raises(ReelfindError, match="stopping"):
        runtime.search(ASKED)


def test_what_requests_share_is_there_before_the_first_of_them(tmp_path: Path) -> None:
    """Two that come at once would each make their own, and one would be lost with its reels."""
    shared = {"database", "frame_slots", "inbox", "moved_films", "notifier", "reels", "timelines"}
    assert shared <= vars(Runtime(tmp_path, Settings())).keys()


def test_a_search_does_not_wait_for_another(
    indexed_once: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once), models)
    begun, go_on = threading.Event(), threading.Event()

    def slow(plan: SearchPlan, store: Store, scales: Sequence[Scales]) -> Found:
        if plan.echo == ASKED:
            begun.set()
            assert go_on.wait(60)
        return execute(plan, store, scales)

    monkeypatch.setattr("app.search.searcher.execute", slow)
    try:
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(runtime.search, ASKED)
            assert begun.wait(60)
            assert runtime.search(SearchRequest(q="guitar")).hits
            assert not first.done()
            go_on.set()
            assert first.result(60).hits
    finally:
        runtime.close()


def test_searches_at_the_same_time_find_what_each_finds_alone(
    indexed_once: Path, models: Models
) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once), models)
    asked = [SearchRequest(q=words) for words in ("a guitar", "a taxi", "snow", "someone sings")]
    try:
        alone = [runtime.search(each).hits for each in asked]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda each: runtime.search(each).hits, asked * 8))
    finally:
        runtime.close()
    assert together == alone * 8
