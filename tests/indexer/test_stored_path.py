"""Paths go through JSON and come back as they were."""

import os
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from indexer.stored_path import StoredPath

PATHS = TypeAdapter[Path](StoredPath)


@pytest.mark.parametrize("name", ["plain.mp4", "é 100%25 #?.mp4", "tab\x0b\x1b.mp4"])
def test_text_stays_as_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert PATHS.dump_python(path, mode="json") == str(path)
    assert PATHS.validate_json(PATHS.dump_json(path)) == path


@pytest.mark.skipif(os.name == "nt", reason="its file names are text")
@pytest.mark.parametrize("name", [b"caf\xe9.mp4", b"%41 \xff\xfe #?.mp4"])
def test_other_bytes_come_back(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    stored = PATHS.dump_json(path)
    assert stored.decode().startswith('"file:///')
    assert PATHS.validate_json(stored) == path
    assert os.fsencode(PATHS.validate_json(stored)) == os.fsencode(path)


def test_in_python_it_is_a_path() -> None:
    assert PATHS.dump_python(Path("a")) == Path("a")
    assert PATHS.validate_python("a") == Path("a")
