"""Paths below named roots, on each system."""

import os
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from pydantic import TypeAdapter

from app.overview.settings import setting_rows
from indexer.errors import ReelfindError
from indexer.named_roots import NamedRoots, check_root, unset_root
from indexer.settings import SETTINGS_FILE, load_places, load_settings
from indexer.stored_path import StoredPath

PATHS = TypeAdapter[Path](StoredPath)


def posix(**folders: str) -> NamedRoots:
    return NamedRoots({name: PurePosixPath(each) for name, each in folders.items()})


def windows(**folders: str) -> NamedRoots:
    return NamedRoots({name: PureWindowsPath(each) for name, each in folders.items()})


def film(roots: NamedRoots, path: str) -> PurePath:
    return type(next(iter(roots.folders.values())))(path)


@pytest.mark.parametrize(
    ("roots", "path", "kept"),
    [
        (posix(library="/mnt/films"), "/mnt/films/series/a b.mov", "library:/series/a b.mov"),
        (posix(library="/mnt/films"), "/mnt/films", "library:/"),
        (posix(library="/"), "/a.mov", "library:/a.mov"),
        (posix(library="/mnt", inner="/mnt/films"), "/mnt/films/a.mov", "inner:/a.mov"),
        (posix(inner="/mnt/films", library="/mnt"), "/mnt/b/a.mov", "library:/b/a.mov"),
        (windows(library=r"D:\Films"), r"D:\Films\Série\A.mov", "library:/Série/A.mov"),
        (windows(library=r"D:\Films"), r"d:\films\A.mov", "library:/A.mov"),
        (windows(library="D:\\"), r"D:\A.mov", "library:/A.mov"),
        (windows(library=r"\\nas\films"), r"\\NAS\films\x\A.mov", "library:/x/A.mov"),
        (windows(library=r"\\nas\all", inner=r"\\nas\all\b"), r"\\nas\all\b\A.mov", "inner:/A.mov"),
    ],
)
def test_a_path_below_a_root_and_back(roots: NamedRoots, path: str, kept: str) -> None:
    assert roots.written(film(roots, path)) == kept
    assert roots.path(kept) == film(roots, path)


@pytest.mark.parametrize(
    ("roots", "path"),
    [
        (posix(library="/mnt/films"), "/mnt/films2/a.mov"),
        (posix(library="/mnt/films"), "/mnt/films/../secret/a.mov"),
        (posix(library="/mnt/films"), "films/a.mov"),
        (windows(library=r"D:\Films"), r"E:\Films\a.mov"),
        (windows(library=r"D:\Films"), r"\\nas\Films\a.mov"),
        (windows(library=r"D:\Films"), r"D:\Films\..\a.mov"),
        (posix(), ""),
    ],
)
def test_other_paths_stay_as_they_are(roots: NamedRoots, path: str) -> None:
    assert roots.written(PurePath(path) if not roots.folders else film(roots, path)) is None
    assert roots.path(path) == path


@pytest.mark.parametrize("kept", ["d:/films/a.mov", r"D:\films\a.mov", "file:///mnt/a.mov"])
def test_a_drive_or_an_address_is_no_root(kept: str) -> None:
    roots = windows(file="E:\\", library="F:\\")
    assert roots.path(kept) == kept
    assert unset_root(PureWindowsPath(kept)) is None


@pytest.mark.parametrize(
    ("roots", "kept"),
    [
        (posix(library="/mnt/films"), "library:/../secret.mov"),
        (posix(library="/mnt/films"), "library:/a/../../secret.mov"),
        (posix(library="/mnt/films"), "library://etc/secret.mov"),
        (posix(library="/mnt/films"), "library:///%2e%2e/secret.mov"),
        (windows(library=r"D:\Films"), r"library:/..\secret.mov"),
        (windows(library=r"D:\Films"), "library:/C:/secret.mov"),
        (windows(library=r"D:\Films"), r"library:/\\nas\secret.mov"),
    ],
)
def test_what_leads_out_of_its_root_is_refused(roots: NamedRoots, kept: str) -> None:
    with pytest.raises(ValueError, match="leads out of the root library"):
        roots.path(kept)


def test_every_root_above_a_path_finds_it() -> None:
    roots = posix(library="/mnt", inner="/mnt/films")
    path = PurePosixPath("/mnt/films/a.mov")
    assert roots.forms(path) == ["inner:/a.mov", "library:/films/a.mov"]
    assert {roots.path(each) for each in roots.forms(path)} == {path}


def test_a_root_that_is_not_set_stays_and_is_named() -> None:
    kept = "library:/films/a.mov"
    path = PATHS.validate_python(kept, context=NamedRoots())
    assert PATHS.dump_python(path, mode="json", context=posix(other="/mnt")) == kept
    with pytest.raises(ReelfindError) as raised:
        check_root(path)
    assert str(raised.value) == (
        "library:/films/a.mov: the root library is not set on this machine; set "
        "REELFIND_ROOTS__LIBRARY to its folder"
    )
    check_root(Path("/mnt/a.mov"))


@pytest.mark.skipif(os.name == "nt", reason="its file names are text")
def test_other_bytes_come_back_on_another_mount(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 %41#.mov")
    here, there = NamedRoots({"library": tmp_path / "a"}), NamedRoots({"library": tmp_path / "b"})
    kept = PATHS.dump_json(tmp_path / "a" / name, context=here)
    assert kept == b'"library:///caf%E9%20%2541%23.mov"'
    assert PATHS.validate_json(kept, context=there) == tmp_path / "b" / name
    unset = PATHS.validate_json(kept, context=NamedRoots())
    assert PATHS.dump_json(unset, context=NamedRoots()) == kept


def test_without_roots_as_in_the_api_nothing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    assert PATHS.dump_json(path) == PATHS.dump_json(path, context=NamedRoots())
    assert PATHS.validate_python("library:/a.mov") == Path("library:/a.mov")


def test_messages_begin_with_the_path_of_the_machine() -> None:
    here, there = posix(library="/mnt/a"), windows(library="D:\\")
    kept = here.line("/mnt/a/series/film.srt: line 3: no time; correct it")
    assert kept == "library:/series/film.srt: line 3: no time; correct it"
    assert there.line_here(kept) == r"D:\series/film.srt: line 3: no time; correct it"
    assert posix(other="/mnt").line_here(kept) == kept
    assert here.line("nothing of a path") == here.line_here("nothing of a path")


def test_each_machine_sets_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    written = f"[roots]\nlibrary = '{shared}'\narchive = '{shared}'\n"
    (tmp_path / SETTINGS_FILE).write_text(written, encoding="utf-8")
    assert load_places(tmp_path).named_roots.folders == {"library": shared, "archive": shared}
    monkeypatch.setenv("REELFIND_ROOTS__LIBRARY", f"{own}{os.sep}")
    assert load_places(tmp_path).named_roots.folders == {"library": own, "archive": shared}
    settings = load_settings(tmp_path)
    assert settings.named_roots == load_places(tmp_path).named_roots
    (row,) = [each for each in setting_rows(tmp_path, settings) if each.name == "roots"]
    assert (row.source, str(own) in row.value) == ("environment", True)


@pytest.mark.parametrize(
    ("name", "folder"),
    [("d", "/films"), ("file", "/films"), ("Library", "/films"), ("a__b", "/films"), ("ab", "x")],
)
def test_what_cannot_be_a_root_is_refused(tmp_path: Path, name: str, folder: str) -> None:
    here = str(tmp_path) if folder == "/films" else folder
    (tmp_path / SETTINGS_FILE).write_text(f"[roots]\n{name} = '{here}'\n", encoding="utf-8")
    with pytest.raises(ReelfindError, match=r"settings .*roots\."):
        load_places(tmp_path)
