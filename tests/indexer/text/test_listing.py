"""The files beside a film: those whose names begin as its own, as the folder is now."""

import os
from pathlib import Path

import pytest

from indexer.text import listing
from indexer.text.listing import sidecars_in_folder


def names(film: Path) -> list[str]:
    return [path.name for path in sidecars_in_folder(film)]


def test_names_begin_as_the_films_however_they_are_written(tmp_path: Path) -> None:
    for name in ("café.mp4", "CAFÉ.en.srt", "cafe\u0301.srt", "caf.srt", "cafés.mp4", "z.srt"):
        (tmp_path / name).touch()
    found = names(tmp_path / "café.mp4")
    assert sorted(found) == sorted({"CAFÉ.en.srt", "café.mp4", "cafe\u0301.srt", "cafés.mp4"})


def test_a_folder_that_has_changed_is_listed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LISTED", 1e9)
    film = tmp_path / "a.mp4"
    film.touch()
    long_ago = 1_000_000_000
    os.utime(tmp_path, (long_ago, long_ago))
    assert names(film) == ["a.mp4"]
    with monkeypatch.context() as patched:
        patched.setattr(listing, "Listing", None)
        assert names(film) == ["a.mp4"]  # From the listing before.
    (tmp_path / "a.srt").touch()
    assert names(film) == ["a.mp4", "a.srt"]
