"""A film of an open folder is played only while it lies there, wherever links lead."""

from fractions import Fraction
from pathlib import Path

import pytest

from app.runtime import Runtime
from app.titles.files import media_file
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.hashing import content_hash
from indexer.records import Media
from indexer.settings import load_settings
from tests.app.exports.conftest import enter

TITLE = "ab12" * 4


def runtime_of(data: Path, film: Path, root: Path | None) -> Runtime:
    film.write_bytes(b"film")
    media = Media(film, content_hash(film), 4, Fraction(25), False, 9.0, None, 64, 36, "h264")
    enter(Catalogue(data), TITLE, media)
    if root is not None:
        (data / "reelfind.toml").write_text(f"[jobs]\nroots = ['{root}']\n")
    return Runtime(data, load_settings(data))


def swap(film: Path, elsewhere: Path) -> None:
    elsewhere.mkdir()
    film.rename(elsewhere / film.name)
    film.symlink_to(elsewhere / film.name)


def test_a_film_that_a_link_leads_out_of_an_open_folder_is_not_played(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    film = root / "film.mp4"
    runtime = runtime_of(tmp_path / "data", film, root)
    assert media_file(runtime, TITLE) == film
    swap(film, tmp_path / "elsewhere")
    with pytest.raises(ReelfindError, match=r"^film\.mp4: outside the folders"):
        media_file(runtime, TITLE)


def test_the_owner_of_the_machine_may_have_linked_films(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    runtime = runtime_of(tmp_path / "data", film, None)
    swap(film, tmp_path / "elsewhere")
    assert media_file(runtime, TITLE) == film
