"""Addresses of an object store as paths."""

import os
import pickle
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from indexer.named_roots import NamedRoots
from indexer.remote_path import AddressError, RemotePath, path_of, whole_path
from indexer.stored_path import StoredPath

FILM = "s3://studio/films/a b/Film.mov"


def test_an_address_stays_as_it_is_written() -> None:
    film = path_of(FILM)
    assert isinstance(film, RemotePath)
    assert str(film) == f"{film}" == FILM
    assert film.name_in_store == "studio/films/a b/Film.mov"
    assert film.as_uri() == "s3://studio/films/a%20b/Film.mov"


@pytest.mark.parametrize("written", [FILM, Path(FILM), path_of(FILM), FILM.replace("//", "/")])
def test_however_it_is_written_it_is_the_same(written: str | Path) -> None:
    assert path_of(written) == path_of(FILM)
    assert hash(path_of(written)) == hash(path_of(FILM))


def test_what_is_derived_from_an_address_is_one() -> None:
    film = path_of(FILM)
    for derived in (
        film.parent,
        film.with_suffix(".srt"),
        film.with_name("b.mov"),
        film / "c",
        film.parent.joinpath("d", "e.mov"),
        film.absolute(),
        film.resolve(),
        whole_path(film),
        pickle.loads(pickle.dumps(film)),
    ):
        assert isinstance(derived, RemotePath)
        assert str(derived).startswith("s3://studio/films")
    assert str(film.with_suffix(".srt")) == "s3://studio/films/a b/Film.srt"


def test_it_lies_below_its_folders_and_in_no_folder_of_a_disk() -> None:
    film = path_of(FILM)
    assert film.is_absolute()
    assert film.is_relative_to(path_of("s3://studio"))
    assert film.is_relative_to(path_of("s3://studio/films"))
    assert not film.is_relative_to(path_of("s3://studio/film"))
    assert not film.is_relative_to(Path("/"))
    assert not Path("/studio/films").is_relative_to(path_of("s3://studio"))
    assert not Path("/").is_relative_to(path_of("s3://studio"))


@pytest.mark.parametrize("written", ["s3://", "s3:///", "s3://studio/../other/film.mov"])
def test_an_address_that_leads_nowhere_is_refused(written: str) -> None:
    with pytest.raises(AddressError, match="write the address"):
        path_of(written)


@pytest.mark.parametrize("written", ["film.mov", "/films/s3:/film.mov", "library:/film.mov", ""])
def test_other_paths_are_of_this_machine(written: str) -> None:
    assert path_of(written) == Path(written)
    assert not isinstance(path_of(written), RemotePath)


def test_it_is_not_opened_as_if_on_a_disk() -> None:
    with pytest.raises(TypeError, match=r"s3://studio/films/a b/Film.mov: lies in an object store"):
        os.fspath(path_of(FILM))


@pytest.mark.parametrize(
    ("roots", "kept"),
    [
        (NamedRoots(), FILM),
        (NamedRoots({"library": path_of("s3://studio/films")}), "library:/a b/Film.mov"),
        (NamedRoots({"library": path_of("/mnt/films")}), FILM),
    ],
)
def test_it_is_kept_and_read_back(roots: NamedRoots, kept: str) -> None:
    paths = TypeAdapter[Path](StoredPath)
    text = paths.dump_python(path_of(FILM), mode="json", context=roots)
    assert text == kept
    read = paths.validate_python(text, context=roots)
    assert isinstance(read, RemotePath)
    assert read == path_of(FILM)


def test_a_film_that_was_kept_by_a_root_lies_where_the_root_leads() -> None:
    roots = NamedRoots({"library": path_of("s3://studio/films")})
    assert str(roots.path("library:/a/b.mov")) == "s3://studio/films/a/b.mov"
    assert roots.line("s3://studio/films/a/b.mov: damaged") == "library:/a/b.mov: damaged"
    assert roots.line_here("library:/a/b.mov: damaged") == "s3://studio/films/a/b.mov: damaged"
    with pytest.raises(ValueError, match="leads out of the root"):
        roots.path("library:/../other/film.mov")
