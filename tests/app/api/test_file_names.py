"""A film whose file name is no text, listed and played over HTTP."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.runtime import Runtime
from app.titles.files import media_file
from indexer.settings import Settings
from indexer.store.names import CONTEXT, pair
from indexer.store.open import open_store
from indexer.store.schema import CollectionSchema
from tests.app.api.conftest import client_of
from tests.app.exports.conftest import KINDS, enter, make_film

pytestmark = pytest.mark.skipif(os.name == "nt", reason="its file names are text")

NAME = "lite-0a1b2c3d-4"


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    runtime = Runtime(tmp_path / "data", Settings())
    runtime.catalogue.prepare("lite")
    with open_store(runtime.catalogue.store_path, None, None) as store:
        for collection in pair(NAME):
            store.ensure_schema(collection, CollectionSchema({CONTEXT: 4}))
        store.set_current(NAME)
    media = make_film(tmp_path / "film.mp4", KINDS["25"], frames=10)
    enter(runtime.catalogue, "abcd", media, 10)
    manifest = runtime.manifest("abcd")
    path = media.path.rename(tmp_path / os.fsdecode(b"caf\xe9 \x1b[2J.mp4"))
    title = replace(manifest.title, media=replace(media, path=path))
    runtime.catalogue.write_manifest(
        replace(manifest, title=title, warnings=("caf\ufffd.nfo: not XML",))
    )
    yield runtime
    runtime.close()


def test_it_is_listed_with_its_warnings(runtime: Runtime, tmp_path: Path) -> None:
    answer = client_of(runtime).get("/api/v1/titles")
    assert answer.status_code == 200
    (title,) = answer.json()
    assert title["path"] == f"{tmp_path}/caf\ufffd \ufffd[2J.mp4"
    assert title["warnings"] == ["caf\ufffd.nfo: not XML"]


def test_it_is_played(runtime: Runtime) -> None:
    answer = client_of(runtime).get("/api/v1/media/abcd")
    assert answer.status_code == 200
    assert answer.content == media_file(runtime, "abcd").read_bytes()


def test_that_it_is_gone_is_said(runtime: Runtime) -> None:
    media_file(runtime, "abcd").unlink()
    answer = client_of(runtime).get("/api/v1/media/abcd")
    assert "caf\ufffd \ufffd[2J.mp4: the film is no longer" in answer.text
