"""A damaged file of a title is named, with the next step."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.artefacts import (
    read_clips,
    read_json,
    read_shots,
    read_timed_text,
    read_vectors,
    write_clips,
    write_json,
    write_shots,
    write_timed_text,
    write_vectors,
)
from indexer.errors import ReelfindError
from indexer.records import Clip, Line, Shot, TimedText

READ: dict[str, Callable[[Path], object]] = {
    "shots.parquet": read_shots,
    "clips.parquet": read_clips,
    "vectors.npy": read_vectors,
    "about.json": read_json,
    "lines.parquet": lambda file: read_timed_text(file.parent),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_shots(tmp_path / "shots.parquet", [Shot(0, 0, 9, "start")])
    write_clips(tmp_path / "clips.parquet", [Clip(0, 0, 1, 0, 9)])
    write_vectors(tmp_path / "vectors.npy", np.ones((3, 4), np.float32))
    write_json(tmp_path / "about.json", {"frame_count": 9})
    write_timed_text(tmp_path, TimedText((Line(0.0, 1.0, "Hello"),), "sidecar"))
    return tmp_path


@pytest.mark.parametrize("name", READ)
def test_what_was_written_is_read(folder: Path, name: str) -> None:
    assert READ[name](folder / name) is not None


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("kept", [0.0, 0.5, 0.9])
def test_a_truncated_file(folder: Path, name: str, kept: float) -> None:
    file = folder / name
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(ReelfindError, match=rf"{name}: is damaged .* with --force$"):
        READ[name](file)
