"""Sidecars in the encodings that people saved them in."""

import os
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.text.encoding import read_text

GERMAN = "1\n00:00:01,000 --> 00:00:02,000\nWir können hier drüben große Maßstäbe üben. Schön!\n"
REAL = [("de", "cp1252"), ("de", "utf-16"), ("de", "utf-8-sig"), ("ru", "cp1251"), ("ru", "utf-8")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_a_short_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(GERMAN.encode(encoding))
    assert read_text(path) == GERMAN


@pytest.mark.parametrize(("language", "encoding"), REAL)
def test_real_sidecars_saved_otherwise(
    media: Path, tmp_path: Path, language: str, encoding: str
) -> None:
    text = (media / "subtitles" / f"tears_of_steel.{language}.srt").read_bytes().decode("utf-8-sig")
    path = tmp_path / "film.srt"
    path.write_bytes(text.encode(encoding, errors="ignore"))
    expected = text.encode(encoding, errors="ignore").decode(encoding)
    read = read_text(path)
    same = sum(a == b for a, b in zip(read, expected, strict=False)) / len(expected)
    assert same > 0.99


@pytest.mark.parametrize(("language", "encoding"), [("ja", "shift_jis"), ("ar", "cp1256")])
def test_other_scripts_in_their_old_encodings(
    media: Path, tmp_path: Path, language: str, encoding: str
) -> None:
    text = (media / "subtitles" / f"elephants_dream.{language}.vtt").read_text("utf-8")
    path = tmp_path / "film.vtt"
    path.write_bytes(text.encode(encoding, errors="ignore"))
    expected = text.encode(encoding, errors="ignore").decode(encoding)
    same = sum(a == b for a, b in zip(read_text(path), expected, strict=False)) / len(expected)
    assert same > 0.95


@pytest.mark.parametrize("content", [bytes(5000), os.urandom(5000), b"\x00\x01PNG" * 99])
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(content)
    with pytest.raises(ReelfindError, match=r"film\.srt: not text in any known encoding; save"):
        read_text(path)


def test_a_film_called_srt_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(ReelfindError, match="not text"):
        read_text(path)
