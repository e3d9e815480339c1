"""Sidecars in the encodings that people saved them in."""

import logging
import os
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.text.encoding import read_decoded, read_text
from tests.indexer.text.phrases import PHRASES

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


def sidecar(lines: list[str], encoding: str) -> bytes:
    """SubRip with a line a second."""
    cues = (
        f"{i}\r\n00:00:{i:02},000 --> 00:00:{i:02},900\r\n{line}\r\n\r\n"
        for i, line in enumerate(lines, 1)
    )
    return "".join(cues).encode(encoding)


@pytest.mark.parametrize(("language", "encoding"), PHRASES)
def test_a_language_of_the_name_in_its_old_encodings_from_one_line_on(
    tmp_path: Path, language: str, encoding: str
) -> None:
    lines = PHRASES[language, encoding]
    path = tmp_path / "film.srt"
    for part in ([line] for line in lines):
        path.write_bytes(content := sidecar(part, encoding))
        assert read_text(path, language) == content.decode(encoding), part
    path.write_bytes(content := sidecar(lines * 40, encoding))
    assert read_text(path, language) == content.decode(encoding)


@pytest.mark.parametrize(("language", "encoding"), PHRASES)
def test_a_few_lines_are_enough_without_a_language(
    tmp_path: Path, language: str, encoding: str
) -> None:
    lines = PHRASES[language, encoding]
    path = tmp_path / "film.srt"
    path.write_bytes(content := sidecar(lines, encoding))
    assert read_text(path) == content.decode(encoding)


@pytest.mark.parametrize("line", ["¡Hola!", "Où est-il passé ?", "Não sei.", "Schön.", "Perché?"])
def test_western_europe_comes_first(tmp_path: Path, line: str) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(sidecar([line], "cp1252"))
    assert line in read_text(path)


def test_a_wrong_language_in_the_name_does_not_outweigh_a_whole_film(tmp_path: Path) -> None:
    path = tmp_path / "film.en.srt"
    content = sidecar(PHRASES["ru", "cp1251"] * 40, "cp1251")
    path.write_bytes(content)
    assert read_text(path, "en") == content.decode("cp1251")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known_by_its_zeros(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(GERMAN.encode(encoding))
    assert read_text(path) == GERMAN
    lines = PHRASES["ja", "cp932"]
    path.write_bytes(content := sidecar(lines, encoding))
    assert read_text(path) == content.decode(encoding)


def test_one_broken_character_leaves_the_rest_utf8(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    content = sidecar(PHRASES["fr", "cp1252"] * 3, "utf-8")
    path.write_bytes(content + b"\xe9t\xe9")
    assert read_text(path) == content.decode() + "\ufffdt\ufffd"


def test_what_was_guessed_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(sidecar(["Hello", "Où est-il ?"], "cp1252"))
    with caplog.at_level(logging.WARNING):
        read_text(path, "fr")
    assert "film.srt: not UTF-8, read as cp1252; line 7 is then “Où est-il ?”" in caplog.text
    path.write_bytes(sidecar(["Hello", "Où est-il ?"], "utf-8"))
    assert read_decoded(path).guessed is None
