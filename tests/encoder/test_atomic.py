"""What is written is there whole or not at all, and nothing else stays."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from encoder import atomic
from encoder.atomic import (
    new_file,
    new_folder,
    remove_file,
    remove_folder,
    write_folder,
    write_once,
    write_text,
)


class StoppedError(Exception):
    """What ends a writer halfway."""


def test_a_file_replaces_the_one_before_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    write_text(tmp_path / "a.json", "old")
    write_text(tmp_path / "a.json", "new\nöne")
    content = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert content == {"a.json": "new\nöne".encode()}


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "old")

    def fail() -> None:
        with new_file(tmp_path / "a") as draft:
            draft.write_text("half")
            raise StoppedError

    with pytest.raises(StoppedError):
        fail()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}


def test_two_writers_of_a_file_do_not_meet(tmp_path: Path) -> None:
    file = tmp_path / "a"
    with new_file(file) as one, new_file(file) as other:
        one.write_text("one")
        other.write_text("other")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "one"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0o600), (0o666, 0o640)])
def test_a_file_has_the_permissions_that_are_asked_for(
    tmp_path: Path, mode: int, expected: int
) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a", "", mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == expected


def test_a_folder_is_there_only_when_it_is_filled(tmp_path: Path) -> None:
    with new_folder(tmp_path / "a") as draft:
        (draft / "file").touch()
        assert not (tmp_path / "a").exists()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["file"]
    with pytest.raises(StoppedError), new_folder(tmp_path / "b"):
        raise StoppedError
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def _new(folder: Path) -> None:
    with new_folder(folder):
        pass


@pytest.mark.parametrize("write", [_new, lambda folder: write_folder(folder, {"b": b""})])
def test_a_folder_that_is_there_is_not_touched(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write_folder(tmp_path / "a", {"file": b"1"})
    with pytest.raises(FileExistsError, match="already there"):
        write(tmp_path / "a")
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "file"]


def test_of_two_writers_of_a_folder_the_first_stays(tmp_path: Path) -> None:
    def come_late() -> None:
        with new_folder(tmp_path / "a") as late:
            (late / "late").touch()
            write_folder(tmp_path / "a", {"early": b""})

    with pytest.raises(FileExistsError):
        come_late()
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "early"]


def test_a_file_that_is_written_once_keeps_its_first_content(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "id"
    assert [write_once(file, text) for text in ("one", "other")] == ["one", "one"]
    assert list(file.parent.iterdir()) == [file]


def test_a_removed_folder_leaves_nothing(tmp_path: Path) -> None:
    write_folder(tmp_path / "a", {"file": b"1"})
    remove_folder(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        remove_folder(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_windows_waits_for_those_who_read_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses to rename over, or to delete, a file that is open elsewhere."""
    refusals = {"replace": 2, "unlink": 2}

    def refusing(name: str) -> Callable[..., object]:
        real = getattr(Path, name)

        def act(path: Path, *arguments: object, **options: object) -> object:
            refusals[name] -= 1
            if refusals[name] >= 0:
                raise PermissionError(13, "used by another process", str(path))
            return real(path, *arguments, **options)

        return act

    monkeypatch.setattr(atomic, "_WINDOWS", True)
    monkeypatch.setattr(Path, "replace", refusing("replace"))
    write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "new"
    monkeypatch.setattr(Path, "unlink", refusing("unlink"))
    remove_file(tmp_path / "a")
    remove_file(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("windows", [True, False])
def test_what_is_refused_for_good_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(atomic, "_WINDOWS", windows)
    monkeypatch.setattr(atomic, "_PATIENCE", 0.05)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write_text(tmp_path / "a", "new")
    assert list(tmp_path.iterdir()) == []
