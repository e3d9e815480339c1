"""Machines without a common file system: what one has analysed, others go on with and serve."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from app.cli.main import app as reelfind
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.executors.decoder import decode
from indexer.executors.orders import InContext, Order, Setup
from indexer.executors.rows import Outcome
from indexer.executors.worker import Workplace
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import load_settings
from tests.app.api.conftest import client_of
from tests.conftest import copy_data
from tests.indexer.store.standin import listening
from tests.object_store import Store

ARTEFACTS = "s3://studio/reelfind"


class Machines:
    """Machines with a data directory each, by name, and one object store."""

    def __init__(self, folder: Path, film: Path, models: Models) -> None:
        self._folder, self._film, self._models = folder, film, models

    def data(self, name: str) -> Path:
        return self._folder / name

    def index(self, name: str) -> set[str]:
        """Index the film, and return the names of the stages that ran."""
        report = self.report(name)
        assert not report.failed, [title.error for title in report.titles]
        assert report.fitting is None
        times = [each for title in report.titles for each in title.times]
        return {each.stage for each in times if each.seconds is not None}

    def report(self, name: str) -> IndexReport:
        data, settings = self.data(name), load_settings(self.data(name))
        run = Indexer(Catalogue(data), settings, Silence(), debug=True, models=self._models)
        return run.run(Request((self._film,)))

    def runtime(self, name: str) -> Runtime:
        return Runtime(self.data(name), load_settings(self.data(name)), self._models)


@pytest.fixture
def qdrant() -> Iterator[str]:
    """The address of a stand-in for a Qdrant server."""
    with listening() as address:
        yield address


@pytest.fixture
def machines(
    store: Store,
    indexed_once: Path,
    films: Path,
    models: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Machines:
    """A machine "one" with an index, all of which is in the store."""
    copy_data(indexed_once, tmp_path / "one")
    for each in Catalogue(indexed_once).manifests():
        if each.title.media.path.name != "bikes.mp4":
            shutil.rmtree(tmp_path / "one" / "titles" / each.title.title_id)
    monkeypatch.setenv("REELFIND_STORAGE__ARTEFACTS", ARTEFACTS)
    monkeypatch.setenv("REELFIND_STORAGE__REFRESH", "0")
    machines = Machines(tmp_path, films / "bikes.mp4", models)
    assert machines.index("one") == set()
    store.forget()
    return machines


def test_another_machine_does_nothing_again_serves_stills_from_the_store_and_removes_titles(
    store: Store, machines: Machines, qdrant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELFIND_QDRANT_URL", qdrant)
    assert machines.index("one") == {"points"}, "into the index that the machines share"
    store.forget()
    assert machines.index("one") == set()
    assert set(store.requests) == {"LIST"}, "what is there is not written again"
    assert machines.index("two") == set()
    assert list(machines.data("two").glob("titles/*/decode-*")) == []
    one, two = (Catalogue(machines.data(name)) for name in ("one", "two"))
    assert two.manifests() == one.manifests()

    runtime = machines.runtime("two")
    client = client_of(runtime)
    [hit] = runtime.search(SearchRequest(limit=1)).hits
    title = runtime.title(hit.title_id)
    frame = title.still_frames(hit.start_frame, hit.end_frame)[0]
    for path in (f"/api/v1/stills/{hit.id}", f"/api/v1/media/{hit.title_id}/frames/{frame}"):
        answer = client.get(path, follow_redirects=False)
        assert answer.status_code == 307
        still = httpx.get(answer.headers["location"])
        assert still.headers["content-type"] == "image/jpeg"
        assert still.content[:2] == b"\xff\xd8"
    assert client.get(f"/api/v1/stills/{hit.id}/strip").status_code == 200
    assert list(machines.data("two").glob("titles/*/decode-*")) == []
    runtime.close()

    removed = CliRunner().invoke(
        reelfind, ["remove", hit.title_id, "--yes", "--data", str(two.path)]
    )
    assert removed.exit_code == 0, removed.output
    assert [key for key in store.keys("reelfind/") if hit.title_id in key] == []
    assert hit.title_id not in {each.title.title_id for each in one.manifests()}
    assert not one.folder(hit.title_id).path.exists()


def test_a_film_indexed_elsewhere_is_listed_at_once_and_a_failed_upload_is_made_up_for(
    store: Store, machines: Machines
) -> None:
    # The embedded index belongs to one machine: its points are written from what was analysed.
    assert machines.index("two") == {"points"}
    (machines.data("two") / "reelfind.toml").write_text("[clips]\ntypical = 8.0\n")
    store.unwritable = "/clips-"
    report = machines.report("two")
    assert report.failed
    assert "artefacts cannot be written" in str(report.titles[0].error)
    store.unwritable = ""
    # The clips were made before, and are those of the earlier setting: so are their scores.
    assert machines.index("two") == set()
    [title_id] = [each.title_id for each in report.titles]
    assert title_id is not None
    one, two = (Catalogue(machines.data(name)).manifest(title_id) for name in ("one", "two"))
    assert one == two
    assert one is not None
    (machines.data("three")).mkdir()
    (machines.data("three") / "reelfind.toml").write_text("[clips]\ntypical = 8.0\n")
    assert machines.index("three") == {"points"}


def test_nodes_of_a_cluster_have_a_folder_each(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELFIND_STORAGE__KEEP", "false")
    one = Catalogue(machines.data("one"))
    manifest, encoder = one.find("bikes.mp4"), one.current_encoder
    assert encoder is not None
    setup = Setup(
        one.path, one.identity(), load_settings(one.path).model_dump(), version("reelfind")
    )
    nodes = [replace(setup, data=machines.data(name)) for name in ("node-1", "node-2")]
    first = Order(manifest.title, None, ("decode",), manifest.keys, True, None)
    second = replace(first, stages=("shots", "context"), in_context=InContext(encoder, {}, "pair"))
    place = Workplace(*nodes[1].open())
    for rows in (decode(nodes[0], first), place.rows(second)):
        *_, outcome = rows
        assert isinstance(outcome, Outcome)
        assert outcome.error is None
        assert outcome.keys.items() <= manifest.keys.items()
        assert outcome.took.keys() == outcome.keys.keys()
    # Neither keeps the decode pass, which went from one to the other.
    assert list(nodes[0].data.glob("titles/*/*-*")) == []
    made = {each.name.split("-")[0] for each in nodes[1].data.glob("titles/*/*-*")}
    assert {"shots", "context"} <= made <= {*manifest.keys} - {"decode"}
    with pytest.raises(ReelfindError, match=r"or share it by storage\.artefacts"):
        replace(nodes[0], identity="0" * 32).open()
