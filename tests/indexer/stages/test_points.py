"""A title's points count as written once they are flushed, which titles share."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from indexer import batches
from indexer.artefacts import read_json
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.request import Request
from indexer.settings import load_settings
from indexer.stages import points
from indexer.stages.work import TitleWork
from indexer.store.edge import EdgeStore
from indexer.store.names import collections_of
from tests.conftest import copy_data


@pytest.fixture
def data(indexed_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index whose next run writes the points of all titles again, as quickly as can be."""
    monkeypatch.setattr(batches, "PAUSE", 1e9)
    copied = copy_data(indexed_once, tmp_path / "data")
    for title in Catalogue(copied).manifests():
        folder = Catalogue(copied).folder(title.title.title_id)
        shutil.rmtree(folder.stage(points.NAME, title.keys[points.NAME]))
    return copied


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the engine is asked to write and to flush, in order, with the collection."""
    made: list[tuple[str, str]] = []

    def noting(call: Callable[..., None]) -> Callable[..., None]:
        def noted(store: EdgeStore, collection: str, *rest: object) -> None:
            made.append((call.__name__, collection))
            call(store, collection, *rest)

        return noted

    for call in (EdgeStore.upsert, EdgeStore.flush):
        monkeypatch.setattr(EdgeStore, call.__name__, noting(call))
    return made


def run(data: Path, models: Models) -> None:
    indexer = Indexer(Catalogue(data), load_settings(data), Silence(), debug=True, models=models)
    assert not indexer.run(Request(rescore=True)).failed


def markers(data: Path) -> list[dict[str, object]]:
    return [read_json(path) for path in sorted(data.glob("titles/*/points-*/counts.json"))]


def test_titles_that_follow_quickly_share_a_flush(
    data: Path, models: Models, calls: list[tuple[str, str]]
) -> None:
    titles = Catalogue(data).manifests()
    assert len(titles) > 2
    run(data, models)
    shots, clips, _ = collections_of(titles[0].pair)
    assert [each for each in calls if each[1] == shots and each[0] == "flush"] == 2 * [
        ("flush", shots)
    ]
    # Nothing was written after the last flush.
    for collection in (shots, clips):
        assert [name for name, own in calls if own == collection][-1] == "flush"
    assert len(markers(data)) == len(titles)
    assert not any(points.UNFLUSHED in marker for marker in markers(data))
    calls.clear()
    run(data, models)
    assert calls == []


def test_points_that_were_not_flushed_are_written_again(
    data: Path,
    models: Models,
    calls: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(works: Sequence[TitleWork]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(points, "flush", die)
        with pytest.raises(KeyboardInterrupt):
            run(data, models)
    left = markers(data)
    assert left
    assert all(points.UNFLUSHED in marker for marker in left)
    calls.clear()
    run(data, models)
    shots, *_ = collections_of(Catalogue(data).manifests()[0].pair)
    written = [name for name, own in calls if own == shots]
    assert written.count("upsert") >= len(Catalogue(data).manifests())
    assert not any(points.UNFLUSHED in marker for marker in markers(data))
