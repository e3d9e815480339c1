"""``reelfind store``: the index out to files and in again."""

import json
from pathlib import Path

import pytest
from qdrant_client import models
from typer.testing import CliRunner, Result

from app.cli.store import app
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.store.edge import EdgeStore
from indexer.store.lock import DirectoryLock
from indexer.store.names import pair, point_id
from indexer.store.schema import CollectionSchema

NAME = "lite-0a1b2c3d"


def run(*arguments: str) -> Result:
    """Run a command; what it raises is raised here."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory whose index holds two shots and a clip."""
    catalogue = Catalogue(tmp_path / "data")
    catalogue.prepare("lite")
    with EdgeStore(catalogue.store_path, reserve=0) as store:
        for collection, count in zip(pair(NAME), (2, 1), strict=True):
            store.ensure_schema(collection, CollectionSchema({"context": 4}))
            store.upsert(
                collection,
                [
                    models.PointStruct(
                        id=point_id("ab", "shot", index, 1),
                        vector={"context": [0.5] * 4},
                        payload={"index": index},
                    )
                    for index in range(count)
                ],
            )
        store.set_current(NAME)
    return catalogue.path


def test_out_and_in_again(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("export", str(folder), "--data", str(data))
    assert result.stdout == f"Written to {folder}: 2 shots, 1 clips and 0 titles of {NAME}.\n"
    result = run("import", str(folder), "--data", str(data), "--json")
    assert json.loads(result.stdout)["pair"] == NAME
    other = Catalogue(tmp_path / "other")
    other.prepare("lite")
    result = run("import", str(folder), "--data", str(other.path))
    assert result.stdout.startswith("Imported: 2 shots")
    result = run("import", str(folder), "--data", str(other.path))
    assert result.stdout.startswith("There already: 2 shots")


def test_an_export_of_another_profile_is_refused(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    run("export", str(folder), "--data", str(data))
    other = Catalogue(tmp_path / "other")
    other.prepare("full")
    with pytest.raises(ReelfindError, match=r"profile 'lite' and .* of 'full'"):
        run("import", str(folder), "--data", str(other.path))


def test_not_while_another_process_indexes(data: Path, tmp_path: Path) -> None:
    lock = DirectoryLock(data)
    with pytest.raises(ReelfindError, match="in use by"):
        run("export", str(tmp_path / "out"), "--data", str(data))
    lock.release()
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_data_directory(tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match="--data"):
        run("export", str(tmp_path / "out"), "--data", str(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()
