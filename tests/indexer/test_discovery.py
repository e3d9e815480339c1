import os
import unicodedata
from pathlib import Path

import pytest

from indexer.discovery import discover


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_films_are_found_in_folders_by_name_and_in_order(tmp_path: Path) -> None:
    touch(tmp_path, "b.MKV", "a.mp4", "notes.txt", "a.srt", "season/e2.webm", "season/e1.webm")
    found = discover([tmp_path])
    names = [str(path.relative_to(tmp_path)) for path in found.files]
    assert names == ["a.mp4", "b.MKV", "season/e1.webm", "season/e2.webm"]
    assert found.problems == ()


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, ".a.mp4", ".trash/b.mp4", "c.mp4")
    assert [path.name for path in discover([tmp_path]).files] == ["c.mp4"]


def test_folders_that_are_links_are_looked_through(tmp_path: Path) -> None:
    touch(tmp_path, "real/a.mp4", "linked/b.mp4")
    (tmp_path / "linked" / "folder").symlink_to(Path("..", "real"))
    found = discover([tmp_path / "linked"])
    names = [path.relative_to(tmp_path).as_posix() for path in found.files]
    assert names == ["linked/b.mp4", "linked/folder/a.mp4"]
    assert found.problems == ()


def test_a_folder_and_a_link_to_it_count_once_where_it_lies(tmp_path: Path) -> None:
    touch(tmp_path, "z/a.mp4")
    for link in ("b", "c"):
        (tmp_path / link).symlink_to(tmp_path / "z")
    assert discover([tmp_path]).files == (tmp_path / "z" / "a.mp4",)


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    touch(tmp_path, "start/a.mp4", "start/deep/b.mp4", "other/c.mp4")
    (tmp_path / "start" / "self").symlink_to(tmp_path / "start" / "self")
    (tmp_path / "start" / "deep" / "up").symlink_to(tmp_path / "start")
    (tmp_path / "start" / "further").symlink_to(tmp_path)
    (tmp_path / "other" / "back").symlink_to(tmp_path / "start" / "deep")
    found = discover([tmp_path / "start"])
    assert [path.name for path in found.files] == ["a.mp4", "b.mp4", "c.mp4"]


def test_a_named_file_is_always_tried(tmp_path: Path) -> None:
    touch(tmp_path, "film.bin")
    assert discover([tmp_path / "film.bin"]).files == (tmp_path / "film.bin",)


def test_a_file_found_twice_counts_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4")
    assert len(discover([tmp_path, tmp_path / "a.mp4", tmp_path / "x" / ".." / "a.mp4"]).files) == 1


def test_a_folder_without_films_is_told(tmp_path: Path) -> None:
    (problem,) = discover([tmp_path]).problems
    assert str(tmp_path) in problem


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root, and Windows, read every folder"
)
def test_an_unreadable_folder_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4", "closed/b.mp4")
    (tmp_path / "closed").chmod(0)
    found = discover([tmp_path])
    (tmp_path / "closed").chmod(0o700)
    assert [path.name for path in found.files] == ["a.mp4"]
    assert "closed" in found.problems[0]


def test_with_roots_nothing_outside_is_found(tmp_path: Path) -> None:
    touch(tmp_path, "open/a.mp4", "open/sub/b.mp4", "open-too/c.mp4", "closed/d.mp4")
    paths = [tmp_path / "open" / "a.mp4", tmp_path / "open" / "sub", tmp_path / "open-too"]
    paths += [tmp_path / "closed" / "d.mp4", tmp_path / "open" / ".." / "closed"]
    found = discover(paths, [tmp_path / "open"])
    assert [path.name for path in found.files] == ["a.mp4", "b.mp4"]
    assert len(found.problems) == 3
    assert discover(paths, []).files == ()


def test_with_roots_no_link_leads_out(tmp_path: Path) -> None:
    touch(tmp_path, "open/a.mp4", "open/b.mp4", "open/c.mp4", "closed/d.mp4", "closed/secret")
    (tmp_path / "open" / "away.mp4").symlink_to(tmp_path / "closed" / "d.mp4")
    (tmp_path / "open" / "b.en.srt").symlink_to(tmp_path / "closed" / "secret")
    (tmp_path / "open" / "c.json").symlink_to(tmp_path / "open" / "a.mp4")
    found = discover([tmp_path / "open"], [tmp_path / "open"])
    assert [path.name for path in found.files] == ["a.mp4", "c.mp4"]
    assert [problem.split(":")[0].rpartition("/")[2] for problem in found.problems] == [
        "away.mp4",
        "b.en.srt",
    ]
    (tmp_path / "open" / "catalog.csv").symlink_to(tmp_path / "closed" / "secret")
    assert discover([tmp_path / "open"], [tmp_path / "open"]).files == ()


def test_with_roots_a_folder_outside_is_told_and_not_looked_into(tmp_path: Path) -> None:
    touch(tmp_path, "open/a.mp4", "closed/secret.mp4", "also-open/b.mp4")
    (tmp_path / "open" / "away").symlink_to(tmp_path / "closed")
    (tmp_path / "open" / "near").symlink_to(tmp_path / "also-open")
    found = discover([tmp_path / "open"], [tmp_path / "open", tmp_path / "also-open"])
    assert [path.name for path in found.files] == ["a.mp4", "b.mp4"]
    (problem,) = found.problems
    assert problem.startswith(f"{tmp_path / 'open' / 'away'}: outside the folders")


def test_with_roots_no_link_leads_out_whose_accents_are_spelled_otherwise(tmp_path: Path) -> None:
    film = unicodedata.normalize("NFC", "open/é.mp4")
    touch(tmp_path, film, "closed/secret")
    for link in (unicodedata.normalize("NFD", "é.json"), "CATALOG.csv"):
        (tmp_path / "open" / link).symlink_to(tmp_path / "closed" / "secret")
        found = discover([tmp_path / "open"], [tmp_path / "open"])
        assert found.files == ()
        assert f"{link}: outside" in found.problems[0]
        (tmp_path / "open" / link).unlink()
