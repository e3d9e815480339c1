"""The embedded store in one process: its collections, and what it says of what is wrong."""

import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from qdrant_client import models

from indexer.errors import ReelfindError, ServerAwayError
from indexer.sections import StoreSettings
from indexer.store.base import Nearest
from indexer.store.edge import EdgeStore
from indexer.store.open import open_store
from indexer.store.schema import CollectionSchema
from indexer.store.shards import OPENING
from tests.indexer.store.bare import BARE, shot


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The directory of a store that is closed, with one collection of fifty shots."""
    with EdgeStore(tmp_path, reserve=0) as store:
        store.ensure_schema("a-shots", BARE)
        store.upsert("a-shots", [shot(index) for index in range(50)])
        store.flush("a-shots")
    return tmp_path


def test_everything_is_there_after_closing(small: Path) -> None:
    with EdgeStore(small) as store:
        assert store.count("a-shots") == 50
        store.ensure_schema("a-shots", BARE)
        assert store.facets("a-shots", "title", limit=1)[0].count == 17


def test_collections_prepared_ahead_are_taken_and_those_left_over_vanish(tmp_path: Path) -> None:
    with EdgeStore(tmp_path, reserve=0) as store:
        store.prepare(BARE, 2)
        ahead = {folder.stat().st_ino for folder in tmp_path.glob(".unfinished-*")}
        assert len(ahead) == 2
        assert store.collections() == []
        store.ensure_schema("a-shots", BARE)
        assert (tmp_path / "a-shots").stat().st_ino in ahead
        store.upsert("a-shots", [shot(0)])
        assert store.count("a-shots") == 1
        other = replace(BARE, dense={**BARE.dense, "more": 4})
        store.ensure_schema("b-shots", other)
        assert (tmp_path / "b-shots").stat().st_ino not in ahead
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        "a-shots",
        "b-shots",
    ]


def test_an_index_can_be_added_later(small: Path) -> None:
    number = {**BARE.indexes, "season": models.PayloadSchemaType.INTEGER}
    with EdgeStore(small, reserve=0) as store:
        with pytest.raises(ReelfindError, match="index"):
            store.facets("a-shots", "season", limit=5)
        store.ensure_schema("a-shots", CollectionSchema(BARE.dense, BARE.sparse, number))
        assert store.facets("a-shots", "season", limit=5) == []
        assert store.count("a-shots") == 50


def test_threads_share_it(small: Path) -> None:
    counts: list[int] = []
    with EdgeStore(small) as store:
        threads = [Thread(target=lambda: counts.append(store.count("a-shots"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counts == [50] * 8


def test_a_collection_that_is_not_there(small: Path) -> None:
    with EdgeStore(small) as store:
        for call in (store.count, store.flush):
            with pytest.raises(ReelfindError, match=r"a-clips: there is no such .*reelfind index"):
                call("a-clips")
        for name in ("../a-shots", ".a", "a/b", ""):
            with pytest.raises(ValueError, match="no name for a collection"):
                store.exists(name)


def test_a_closed_store_says_so(small: Path) -> None:
    store = EdgeStore(small)
    store.close()
    store.close()
    with pytest.raises(ReelfindError, match="the store is closed"):
        store.count("a-shots")


def test_damaged_files_are_named(small: Path) -> None:
    (small / "a-shots" / "edge_config.json").write_text("{", encoding="utf-8")
    with (
        EdgeStore(small) as store,
        pytest.raises(ReelfindError, match=r"a-shots: the index cannot be opened \(.*delete this"),
    ):
        store.count("a-shots")


def test_what_the_engine_refuses_is_one_line(small: Path) -> None:
    message = f"{small / 'a-shots'}: .*expected dim: 4, got 2"
    with EdgeStore(small) as store, pytest.raises(ReelfindError, match=message):
        store.query("a-shots", Nearest(query=[1.0, 2.0], using="context", limit=1))


def test_a_full_disk_is_refused_before_it_is_full(small: Path) -> None:
    full = f"{small}: the disk is full .*free some"
    with EdgeStore(small, reserve=2**60) as store:
        with pytest.raises(ReelfindError, match=full):
            store.upsert("a-shots", [shot(50)])
        with pytest.raises(ReelfindError, match=full):
            store.ensure_schema("b-shots", BARE)
        assert store.count("a-shots") == 50


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReelfindError, match=r"cannot be made .*another data directory"):
        EdgeStore(tmp_path / "file" / "store")


def test_the_settings_choose_the_store(small: Path) -> None:
    with open_store(small, None, None) as store:
        assert store.count("a-shots") == 50
    hasty = StoreSettings(patience=0)
    with (
        open_store(small, "http://127.0.0.1:1", None, hasty) as store,
        pytest.raises(ServerAwayError),
    ):
        store.count("a-shots")


def test_opening_is_refused_where_the_engine_would_run_out_of_disk(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", ["total", "used", "free"])
    free = usage(2**30, 2**30, OPENING - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: free)
    with EdgeStore(small, reserve=0) as store:
        with pytest.raises(ReelfindError, match=r"the disk is full \(71 MiB left, 72 MiB needed"):
            store.count("a-shots")
        monkeypatch.undo()
        assert store.count("a-shots") == 50


@pytest.mark.parametrize("damage", [b"", b"../..", b"\xff\xfe", b"a\nb", b"\0" * 9])
def test_a_damaged_name_of_the_pair_is_none(small: Path, damage: bytes) -> None:
    (small / "CURRENT").write_bytes(damage)
    with EdgeStore(small) as store:
        assert store.current() is None
