"""The content hash: the same wherever the file lies, another when the content is."""

import os
import shutil
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.hashing import BLOCK, BLOCKS, content_hash

LARGE = 3 * BLOCK * BLOCKS


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.mp4"
    path.write_bytes(os.urandom(LARGE))
    return path


def change(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        old = file.read(1)
        file.seek(place)
        file.write(bytes([old[0] ^ 1]))


def test_moved_renamed_touched_or_copied_it_is_the_same(large: Path, tmp_path: Path) -> None:
    before = content_hash(large)
    assert len(before) == 32
    assert int(before, 16)
    (tmp_path / "elsewhere").mkdir()
    moved = large.rename(tmp_path / "elsewhere" / "other name.mkv")
    os.utime(moved, (0, 0))
    assert content_hash(moved) == before
    assert content_hash(Path(shutil.copy(moved, large))) == before


@pytest.mark.parametrize("place", [0, BLOCK - 1, LARGE - 1, (LARGE - BLOCK) * 15 // 31])
def test_another_head_tail_or_middle_is_another_hash(large: Path, place: int) -> None:
    before = content_hash(large)
    change(large, place)
    assert content_hash(large) != before


def test_another_length_is_another_hash(large: Path) -> None:
    before = content_hash(large)
    with large.open("ab") as file:
        file.write(b"\0")
    assert content_hash(large) != before


def test_every_byte_of_a_small_file_counts(tmp_path: Path) -> None:
    path = tmp_path / "small.mp4"
    path.write_bytes(bytes(2 * BLOCK + 17))
    hashes = {content_hash(path)}
    for place in (0, 1, BLOCK, 2 * BLOCK, 2 * BLOCK + 16):
        change(path, place)
        hashes.add(content_hash(path))
    assert len(hashes) == 6


def test_a_bounded_part_is_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(10**12)  # would take many minutes to read whole
    assert content_hash(huge) == content_hash(huge)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match=r"gone\.mp4"):
        content_hash(tmp_path / "gone.mp4")
