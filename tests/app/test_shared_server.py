"""Two data directories on one Qdrant server, and two servers over one, from indexing to search."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient

from app.jobs.records import JobRequest
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.opening import open_index
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import Settings
from indexer.store import open as opening
from indexer.store.client import ClientStore
from indexer.store.names import collections_of, pair, titles_of
from tests.app.jobs.conftest import until
from tests.conftest import copy_data

URL = "http://qdrant.test"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[QdrantClient]:
    """The server of every store that is opened; closing one of them leaves it running."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Payload indexes have no effect in the local Qdrant")
        client = QdrantClient(":memory:")
        monkeypatch.setattr(ClientStore, "close", lambda _store: None)

        def connect(url: str, _key: str | None, *rest: Any) -> ClientStore:
            return ClientStore(client, url, *rest)

        monkeypatch.setattr(opening, "connect", connect)
        yield client
        client.close()


@pytest.fixture
def index(models: Models) -> Callable[..., IndexReport]:
    """Bring a data directory up to date on the server."""

    def run(data: Path, **asked: Any) -> IndexReport:
        settings = Settings(qdrant_url=URL)
        indexer = Indexer(Catalogue(data), settings, Silence(), debug=True, models=models)
        report = indexer.run(Request(**({"rescore": True} | asked)))
        assert not report.failed
        return report

    return run


@pytest.fixture
def search(models: Models) -> Iterator[Callable[[Path], set[str]]]:
    """Return the titles that a server of a data directory finds, which goes on running."""
    runtimes: dict[Path, Runtime] = {}
    with ExitStack() as closing:

        def run(data: Path) -> set[str]:
            if data not in runtimes:
                runtimes[data] = Runtime(data, Settings(qdrant_url=URL), models)
                closing.callback(runtimes[data].close)
            hits = runtimes[data].search(SearchRequest(limit=200, group="none")).hits
            return {hit.title_id for hit in hits}

        yield run


def remove(data: Path, keep: int) -> set[str]:
    """Leave one title of a data directory; return its id."""
    catalogue = Catalogue(data)
    kept = catalogue.manifests()[keep].title.title_id
    for title_id in catalogue.title_ids() - {kept}:
        catalogue.remove(title_id)
    return {kept}


def test_indexing_one_catalogue_leaves_the_other_as_it_is(
    indexed_once: Path,
    tmp_path: Path,
    server: QdrantClient,
    index: Callable[..., IndexReport],
    search: Callable[[Path], set[str]],
) -> None:
    first, second = (copy_data(indexed_once, tmp_path / name) for name in ("first", "second"))
    in_first, in_second = remove(first, 0), remove(second, 1)
    for data in (first, second):
        with pytest.raises(ReelfindError, match=r"holds no index of the 1 titles of .*index --da"):
            search(data)
    index(first)
    assert search(first) == in_first
    index(second)
    assert (search(first), search(second)) == (in_first, in_second)
    # Another encoder of the second one: its old pair goes, and nothing of the first one.
    index(second, refit=True)
    assert (search(first), search(second)) == (in_first, in_second)
    names = sorted(each.name for each in server.get_collections().collections)
    assert len(names) == 6
    for data in (first, second):
        assert sum(Catalogue(data).identity() in name for name in names) == 3


def test_an_index_of_the_version_before_is_adopted_by_its_own_catalogue_alone(
    indexed_once: Path,
    tmp_path: Path,
    server: QdrantClient,
    index: Callable[..., IndexReport],
    search: Callable[[Path], set[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (copy_data(indexed_once, tmp_path / name) for name in ("first", "second"))
    in_first, in_second = remove(first, 0), remove(second, 1)
    with monkeypatch.context() as before:
        before.setattr("indexer.opening.Owner", lambda *_: None)
        index(first)
    name = Catalogue(first).manifests()[0].pair
    server.delete_collection(titles_of(name))  # The version before had none.
    assert {each.name for each in server.get_collections().collections} == {*pair(name)}
    # Both have the same encoder, so the name of the pair does not say whose it is.
    index(second)
    assert search(second) == in_second
    assert search(first) == in_first
    assert all(title.unchanged for title in index(first).titles)
    with open_index(Catalogue(first), Settings(qdrant_url=URL)) as store:
        assert store.collections() == sorted(collections_of(name))
    assert len(server.get_collections().collections) == 6


def test_two_servers_of_one_catalogue_change_its_index_in_turn(
    indexed_once: Path,
    tmp_path: Path,
    server: QdrantClient,
    index: Callable[..., IndexReport],
    models: Models,
    postgres: str,
) -> None:
    data = copy_data(indexed_once, tmp_path / "data")
    (title,) = remove(data, 0)
    index(data)
    settings = Settings(qdrant_url=URL, database={"url": postgres})
    with (
        closing(Runtime(data, settings, models)) as first,
        closing(Runtime(data, settings, models)) as second,
    ):
        servers = (first, second)
        assert all(title in each.title_names([title]) for each in servers)
        jobs = [
            servers[number % 2].jobs.submit(
                JobRequest(kind="edit", titles=(title,), metadata={"name": f"Name {number}"})
            )
            for number in range(4)
        ]
        until(lambda: all(job.has_ended for job in second.jobs.jobs()), 120)
        done = {job.id: job for job in first.jobs.jobs()}
        assert [done[job.id].state for job in jobs] == ["done"] * 4
        spans = [(done[job.id].started, done[job.id].ended) for job in jobs]
        assert all(a[1] <= b[0] for a, b in pairwise(spans) if a[1] and b[0])
        # Where one writes, the other knows, and finds what it wrote.
        for each in servers:
            assert each.title_names([title]) == {title: "Name 3"}
            hits = each.search(SearchRequest(limit=200, group="none")).hits
            assert {hit.title for hit in hits} == {"Name 3"}
        held = first.catalogue.writer.take()
        refused = second.jobs.submit(JobRequest(kind="rescore"))
        until(lambda: any(job.id == refused.id and job.has_ended for job in first.jobs.jobs()))
        held.release()
        failed = first.jobs.find(refused.id)
        assert failed is not None
        assert "writes to the index" in (failed.error or "")
