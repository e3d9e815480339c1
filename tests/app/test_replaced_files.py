"""What people made on a film whose file was replaced: kept, marked and never applied to it."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.database.engine import Database
from app.exports.cut import make_cut
from app.exports.delivery import Delivery
from app.exports.formats import SUFFIXES, export
from app.exports.records import ExportError
from app.labelling.store import LabelStore
from app.runtime import NotFoundError, Runtime
from app.shortlists.records import Item, Shortlist
from app.shortlists.store import ShortlistStore
from app.titles.files import media_file
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersions
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.settings import load_settings
from indexer.store.open import open_store
from probes.labels.records import Label
from tests.app.api.conftest import client_of
from tests.app.cli.conftest import Reelfind
from tests.conftest import films_of_its_own

FILM = "bikes.mp4"


@pytest.fixture
def reelfind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reelfind:
    return Reelfind(monkeypatch, capsys)


@pytest.fixture
def catalogue(indexed: Path, films: Path, tmp_path: Path) -> Catalogue:
    """The demo catalogue, with its films in a folder of one's own."""
    films_of_its_own(indexed, films, tmp_path / "films")
    return Catalogue(indexed)


@pytest.fixture
def old(catalogue: Catalogue) -> Manifest:
    return catalogue.find(FILM)


@pytest.fixture
def shortlist(catalogue: Catalogue, old: Manifest) -> Shortlist:
    """A shortlist and a label of the film as it is at first."""
    said = Label("tone", "playful", old.title.title_id, 1.2, 3.04, 1.0, "ann", date(2026, 1, 31))
    with Database.of(catalogue.path) as database:
        LabelStore(database).add([said])
        return ShortlistStore(database).create("Cut", items=[Item(old.title.title_id, 30, 76)])


@pytest.fixture
def new(catalogue: Catalogue, old: Manifest, shortlist: Shortlist) -> Manifest:
    """The title that took the film's place, as indexing leaves it: another film's for this test."""
    del shortlist
    other = catalogue.find("carphone.mp4")
    media = replace(other.title.media, path=old.title.media.path)
    new = replace(other, title=replace(other.title, media=media))
    catalogue.write_manifest(new)
    other.title.media.path.replace(media.path)
    with open_store(catalogue.store_path, None, None) as store:
        EarlierVersions(catalogue).replace(old, new.title.title_id, store)
    return new


@pytest.fixture
def runtime(catalogue: Catalogue) -> Iterator[Runtime]:
    runtime = Runtime(catalogue.path, load_settings(catalogue.path))
    yield runtime
    runtime.close()


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    return client_of(runtime)


def disguise(path: Path) -> None:
    """Give a file another content of the same size, with the times that it had."""
    about = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def test_the_api_marks_items_and_labels(
    new: Manifest, old: Manifest, client: TestClient, shortlist: Shortlist
) -> None:
    address = f"/api/v1/shortlists/{shortlist.shortlist_id}"
    (item,) = client.get(address).json()["items"]
    assert item["earlier_version"] is True
    assert item["current_title_id"] == new.title.title_id
    assert item["problem"].startswith(f"made on an earlier version of {FILM}")
    assert (item["start_frame"], item["timecode_in"]) == (30, "00:00:01:05")
    refused = client.get(f"{address}/export", params={"format": "edl"})
    assert refused.status_code == 409
    assert "item 1: made on an earlier version of" in refused.json()["detail"]
    trimmed = {"items": [{"item_id": item["item_id"], "end_frame": 70}]}
    answer = client.patch(address, json=trimmed, headers={"If-Match": "*"})
    assert answer.status_code == 422
    assert "earlier version" in answer.json()["detail"]
    (label,) = client.get("/api/v1/labels").json()["labels"]
    assert label["earlier_version"] is True
    gone = client.get(f"/api/v1/titles/{old.title.title_id}")
    assert gone.status_code == 404
    assert new.title.title_id in gone.json()["detail"]


def test_the_command_line_marks_items_and_labels(
    new: Manifest, catalogue: Catalogue, reelfind: Reelfind
) -> None:
    del new
    data = ("--data", catalogue.path)
    shown = reelfind("shortlist", "show", "Cut", *data)
    assert f"Item 1: made on an earlier version of {FILM}" in shown.out
    assert "00:00:01:05" in shown.out
    trimmed = reelfind("shortlist", "trim", "Cut", "1", "--out", "70", *data)
    assert trimmed.code == 1
    assert "earlier version" in trimmed.err
    moved = json.loads(reelfind("shortlist", "show", "Cut", "--json", *data).out)
    assert (moved["version"], moved["items"][0]["end_frame"]) == (1, 76)
    summary = reelfind("labels", "summary", *data)
    assert "1 labels match no shots (made on an earlier version of the file)" in summary.out


def test_every_export_of_such_an_item_is_refused(
    new: Manifest, catalogue: Catalogue, shortlist: Shortlist
) -> None:
    with pytest.raises(ExportError, match="earlier version") as refused:
        make_cut(catalogue, shortlist)
    assert str(new.title.media.path) in str(refused.value)
    assert "choose it again" in str(refused.value)


@pytest.mark.parametrize("form", SUFFIXES)
def test_an_export_of_a_file_that_was_replaced_and_not_indexed_is_refused(
    catalogue: Catalogue, old: Manifest, shortlist: Shortlist, tmp_path: Path, form: str
) -> None:
    path = old.title.media.path
    path.write_bytes((path.parent / "carphone.mp4").read_bytes())
    with pytest.raises(ExportError, match="was replaced") as refused:
        export(Delivery(make_cut(catalogue, shortlist)), tmp_path / f"cut.{form}")
    assert str(path) in str(refused.value)
    assert "item 1" in str(refused.value)


def test_a_reel_looks_at_the_content_and_not_at_the_times(
    catalogue: Catalogue, old: Manifest, shortlist: Shortlist, tmp_path: Path
) -> None:
    cut = make_cut(catalogue, shortlist)
    disguise(old.title.media.path)
    with pytest.raises(ExportError, match="was replaced"):
        export(Delivery(cut), tmp_path / "reel.mp4")
    assert not list(tmp_path.glob("*.mp4"))


def test_a_list_of_a_film_on_a_disk_that_is_away_is_written(
    catalogue: Catalogue, old: Manifest, shortlist: Shortlist, tmp_path: Path
) -> None:
    old.title.media.path.unlink()
    export(Delivery(make_cut(catalogue, shortlist)), tmp_path / "cut.edl")
    assert (tmp_path / "cut.edl").is_file()


def test_a_film_that_was_replaced_is_not_played(
    runtime: Runtime, client: TestClient, old: Manifest
) -> None:
    title_id = old.title.title_id
    assert media_file(runtime, title_id) == old.title.media.path
    disguise(old.title.media.path)
    with pytest.raises(ReelfindError, match=rf"{FILM}: the file was replaced"):
        media_file(runtime, title_id)
    answer = client.get(f"/api/v1/media/{title_id}")
    assert answer.status_code == 409
    assert "reelfind index" in answer.json()["detail"]


def test_an_earlier_version_is_not_played(new: Manifest, old: Manifest, runtime: Runtime) -> None:
    with pytest.raises(NotFoundError, match=f"which is title {new.title.title_id} now"):
        media_file(runtime, old.title.title_id)
