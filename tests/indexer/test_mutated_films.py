"""Damaged films: each is indexed or is that title's failure by name, and the others go on."""

import random
from fractions import Fraction
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
import pytest

from bench.mutated_films import FORMS, mutated
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.executors.local import run_stages
from indexer.listener import Silence
from indexer.models import Models
from indexer.preparation import Preparation, Prepared
from indexer.probe import probe
from indexer.records import Media
from indexer.request import Request
from indexer.settings import Settings
from indexer.stages import decode
from indexer.timings import Timings
from tests.indexer.made_films import pictures, write

CHANGED = 3
"""Copies of each form, each with other bytes changed."""


def prepare(folder: Path, *paths: Path) -> Prepared:
    preparation = Preparation(Catalogue(folder / "data"), Settings(), Models(Settings()))
    return preparation.prepare(Request(paths), Timings(folder / "timings.json"), Silence())


def test_changed_bytes_never_end_the_run(tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    chance = random.Random(1)
    tone = ffmpeg.input("sine=frequency=440:duration=1", f="lavfi")
    for suffix, options in FORMS.items():
        film = write(
            tmp_path, f"film{suffix}", pictures(Fraction(10), 10, "64x36"), tone, **options
        )
        for number in range(CHANGED):
            copy = films / f"{number}{suffix}"
            copy.write_bytes(mutated(film.read_bytes(), chance))
    prepared = prepare(tmp_path, films)
    assert len(prepared.works) + len(prepared.failures) == CHANGED * len(FORMS)
    for failure in prepared.failures:
        assert str(failure.path) in (failure.error or "")
    timings = Timings(tmp_path / "timings.json")
    told = {}
    for work in prepared.works:
        try:
            run_stages(work, [decode.DECODE], False, Silence(), timings)
        except ReelfindError as error:
            told[work.title.media.path] = str(error)
    assert all(path.name in error for path, error in told.items())


@pytest.mark.parametrize("error", [IndexError("list index"), KeyError("x"), MemoryError()])
def test_whatever_one_file_raises_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    good = write(tmp_path, "good.mp4", pictures(Fraction(10), 10, "64x36"))
    bad = tmp_path / "bad.flv"
    bad.write_bytes(b"FLV")

    def raises(path: Path, *containers: object) -> Media:
        if path == bad:
            raise error
        return probe(path)

    monkeypatch.setattr("indexer.preparation.probe", raises)
    prepared = prepare(tmp_path, bad, good)
    assert [work.title.media.path for work in prepared.works] == [good]
    (failure,) = prepared.failures
    assert failure.path == bad
    assert f"{bad}: something unexpected ({type(error).__name__}" in (failure.error or "")


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "roots").mkdir()
    film = write(tmp_path / "roots", "good.mp4", pictures(Fraction(10), 10, "64x36"))

    def refuse(_: Path) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)  # root may list anything
    preparation = Preparation(Catalogue(tmp_path / "data"), Settings(), Models(Settings()))
    request = Request((film,), roots=(tmp_path / "roots",))
    prepared = preparation.prepare(request, Timings(tmp_path / "timings.json"), Silence())
    (problem,) = prepared.problems
    assert "cannot be read (Permission denied); check its permissions" in problem
