"""A file whose content is replaced at its path: one path stays one title."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from qdrant_client.models import Filter

from indexer.catalogue import Catalogue
from indexer.decoding import decode
from indexer.earlier_versions import EarlierVersions
from indexer.edits import edit, edited
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.manifest import Manifest
from indexer.models import Models
from indexer.point_writing import of_title
from indexer.preparation import Preparation
from indexer.records import Metadata
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import load_settings
from indexer.store.base import Store
from indexer.store.names import pair
from indexer.store.open import open_store
from indexer.timings import Timings
from indexer.titles import Titles
from tests.conftest import artefacts, films_of_its_own

FFmpeg = Callable[..., Path]
Index = Callable[..., IndexReport]


@pytest.fixture
def index(indexed: Path, models: Models) -> Index:
    """Index paths into a copy of the demo catalogue."""

    def run(*paths: Path, **more: object) -> IndexReport:
        settings = load_settings(indexed)
        indexer = Indexer(Catalogue(indexed), settings, Silence(), debug=True, models=models)
        return indexer.run(Request(paths, **more))  # type: ignore[arg-type]

    return run


@pytest.fixture
def place(films: Path, tmp_path: Path, indexed: Path) -> Path:
    """A folder of one's own with the films of the catalogue."""
    return films_of_its_own(indexed, films, tmp_path / "films")


@pytest.fixture
def new_cut(ffmpeg: FFmpeg, films: Path) -> Path:
    """Another cut of one of the films."""
    return ffmpeg("-i", films / "carphone.mp4", "-t", "2", "-c", "copy", "new cut.mp4")


def titles_at(data: Path, path: Path) -> list[Manifest]:
    return [each for each in Catalogue(data).manifests() if each.title.media.path == path]


def points_of(data: Path, title: Manifest) -> list[int]:
    with open_store(data / "store", None, None) as store:
        return counted(store, title)


def counted(store: Store, title: Manifest) -> list[int]:
    own = Filter(must=[of_title(title.title.title_id)])
    return [store.count(each, own) for each in pair(title.pair)]


def test_a_new_cut_at_the_same_path_takes_the_place_of_the_old_one(
    indexed: Path, place: Path, index: Index, new_cut: Path
) -> None:
    path = place / "carphone.mp4"
    (old,) = titles_at(indexed, path)
    others = len(Catalogue(indexed).manifests()) - 1
    edit(Catalogue(indexed).folder(old.title.title_id), {"name": "A call", "year": 1998})
    shutil.copyfile(new_cut, path)
    report = index(path)
    assert not report.failed
    (new,) = titles_at(indexed, path)
    assert new.title.title_id != old.title.title_id
    assert (new.title.metadata.name, new.title.metadata.year) == ("A call", 1998)
    assert len(Catalogue(indexed).manifests()) == others + 1
    assert points_of(indexed, old) == [0, 0]
    assert points_of(indexed, new) == [new.shots, new.clips]
    assert not Catalogue(indexed).folder(old.title.title_id).path.exists()
    versions = EarlierVersions(Catalogue(indexed))
    earlier = versions.find(old.title.title_id)
    assert earlier is not None
    assert (earlier.manifest.frame_count, earlier.by) == (old.frame_count, new.title.title_id)
    assert versions.find(new.title.title_id) is None
    # The edits are the new title's own now, and nothing is left to do.
    before = artefacts(indexed)
    assert all(title.unchanged for title in index(path).titles)
    assert artefacts(indexed) == before


def test_a_file_that_is_put_back_is_the_title_it_was(
    indexed: Path, place: Path, index: Index, new_cut: Path, films: Path
) -> None:
    path = place / "carphone.mp4"
    (old,) = titles_at(indexed, path)
    shutil.copyfile(new_cut, path)
    index(path)
    (new,) = titles_at(indexed, path)
    shutil.copyfile(films / "carphone.mp4", path)
    index(path)
    (back,) = titles_at(indexed, path)
    versions = EarlierVersions(Catalogue(indexed))
    assert back.title.title_id == old.title.title_id
    assert versions.find(old.title.title_id) is None
    current = versions.current(new.title.title_id)
    assert current is not None
    assert current.title.title_id == old.title.title_id


@pytest.mark.parametrize("beside", [True, False], ids=["in its folder", "elsewhere, named"])
def test_a_cut_that_is_kept_under_another_name_is_moved(
    indexed: Path, place: Path, index: Index, new_cut: Path, tmp_path: Path, beside: bool
) -> None:
    path = place / "carphone.mp4"
    (old,) = titles_at(indexed, path)
    kept = place / "carphone first cut.mp4" if beside else tmp_path / "archive" / "carphone.mp4"
    kept.parent.mkdir(exist_ok=True)
    path.rename(kept)
    shutil.copyfile(new_cut, path)
    report = index(path) if beside else index(path, kept)
    assert not report.failed
    (moved,) = titles_at(indexed, kept)
    (new,) = titles_at(indexed, path)
    assert moved.title.title_id == old.title.title_id
    assert new.title.title_id != old.title.title_id
    assert points_of(indexed, moved) == [old.shots, old.clips]
    assert EarlierVersions(Catalogue(indexed)).find(old.title.title_id) is None


def test_two_films_that_change_places_are_moved(indexed: Path, place: Path, index: Index) -> None:
    one, other = place / "carphone.mp4", place / "bikes.mp4"
    (first,), (second,) = titles_at(indexed, one), titles_at(indexed, other)
    one.rename(place / "between.mp4")
    other.rename(one)
    (place / "between.mp4").rename(other)
    report = index(one)
    assert not report.failed
    assert [each.title.title_id for each in titles_at(indexed, one)] == [second.title.title_id]
    assert [each.title.title_id for each in titles_at(indexed, other)] == [first.title.title_id]


def test_a_copy_elsewhere_does_not_replace(indexed: Path, place: Path, index: Index) -> None:
    path = place / "carphone.mp4"
    shutil.copyfile(place / "bikes.mp4", place / "a copy.mp4")
    index(place / "a copy.mp4")
    assert len(titles_at(indexed, path)) == 1
    assert len(titles_at(indexed, place / "a copy.mp4")) == 1
    assert not titles_at(indexed, place / "bikes.mp4")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_new_cut_that_is_reached_through_a_link_replaces(
    indexed: Path, place: Path, index: Index, new_cut: Path, tmp_path: Path
) -> None:
    (old,) = titles_at(indexed, place / "carphone.mp4")
    link = tmp_path / "link"
    link.symlink_to(place, target_is_directory=True)
    shutil.copyfile(new_cut, place / "carphone.mp4")
    index(link / "carphone.mp4")
    ids = [each.title.title_id for each in Catalogue(indexed).manifests()]
    assert old.title.title_id not in ids


def test_a_new_cut_that_cannot_be_indexed_leaves_the_old_title(
    indexed: Path, place: Path, index: Index
) -> None:
    path = place / "carphone.mp4"
    (old,) = titles_at(indexed, path)
    path.write_bytes(b"no film")
    report = index(path)
    assert report.failed
    assert titles_at(indexed, path) == [old]
    assert points_of(indexed, old) == [old.shots, old.clips]


class Killed(BaseException):
    """Ends a run as a kill does."""


@pytest.mark.parametrize(
    "point",
    [
        "earlier_versions.carry_over",
        "removal.remove_points",
        "removal.delete_titles",
        "catalogue.Catalogue.remove",
    ],
)
def test_a_replacement_that_is_killed_is_finished_by_the_next_run(
    indexed: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    catalogue = Catalogue(indexed)
    old, new = catalogue.find("carphone.mp4"), catalogue.find("bikes.mp4").title.title_id
    edit(catalogue.folder(old.title.title_id), {"year": 1998, "audio_track": 7})
    edit(catalogue.folder(new), {"name": "Bikes!"})

    def die(*_: object) -> None:
        raise Killed

    with open_store(indexed / "store", None, None) as store:
        versions = EarlierVersions(catalogue)
        with monkeypatch.context() as patch:
            patch.setattr(f"indexer.{point}", die)
            with pytest.raises(Killed):
                versions.replace(old, new, store)
        EarlierVersions(catalogue).finish(store, {old.title.title_id})
        kept = None if point == "removal.delete_titles" else old
        assert catalogue.manifest(old.title.title_id) == kept, "it is found again in this run"
        EarlierVersions(catalogue).finish(store, ())
        assert counted(store, old) == [0, 0]
        assert not Titles(store, old.pair).of([old.title.title_id])
    assert not catalogue.folder(old.title.title_id).path.exists()
    found = edited(catalogue.folder(new), Metadata("Bikes"))
    assert (found.name, found.year, found.audio_track) == ("Bikes!", 1998, None)


def test_an_audio_track_that_the_new_cut_does_not_have_is_not_asked_for(
    indexed: Path, place: Path, models: Models, new_cut: Path, tmp_path: Path
) -> None:
    path = place / "carphone.mp4"
    (old,) = titles_at(indexed, path)
    edit(Catalogue(indexed).folder(old.title.title_id), {"year": 1998, "audio_track": 7})
    shutil.copyfile(new_cut, path)
    preparation = Preparation(Catalogue(indexed), load_settings(indexed), models)
    timings = Timings(tmp_path / "timings.json")
    prepared = preparation.prepare(Request((path,)), timings, Silence())
    (work,) = prepared.works
    assert (work.title.metadata.year, work.title.metadata.audio_track) == (1998, None)
    assert any("no audio track 7" in each for each in work.warnings)


def test_another_encoder_does_not_embed_what_is_replaced(
    indexed: Path, place: Path, models: Models, new_cut: Path, tmp_path: Path
) -> None:
    path = place / "carphone.mp4"
    (old,) = titles_at(indexed, path)
    shutil.copyfile(new_cut, path)
    preparation = Preparation(Catalogue(indexed), load_settings(indexed), models)
    request = Request((path,), refit=True)
    prepared = preparation.prepare(request, Timings(tmp_path / "timings.json"), Silence())
    others = {each.title.title_id for each in preparation.others(prepared.works)}
    known = {each.title.title_id for each in Catalogue(indexed).manifests()}
    assert others == known - {old.title.title_id}


def test_a_film_that_changes_while_it_is_read_is_refused(
    indexed: Path, place: Path, index: Index, new_cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place / "carphone.mp4"
    shutil.copyfile(new_cut, path)

    def replaced_meanwhile(*arguments: object) -> object:
        found = decode(*arguments)  # type: ignore[arg-type]
        shutil.copyfile(place / "bikes.mp4", path)
        return found

    monkeypatch.setattr("indexer.stages.decode.decode", replaced_meanwhile)
    report = index(path)
    (title,) = report.titles
    assert title.error is not None
    assert str(path) in title.error
    assert title.title_id is not None
    assert not list(Catalogue(indexed).folder(title.title_id).path.glob("decode-*"))


def test_an_unreadable_record_is_named(indexed: Path) -> None:
    (indexed / "replaced").mkdir()
    (indexed / "replaced" / "0123456789abcdef.json").write_text("{}")
    with pytest.raises(ReelfindError, match=r"0123456789abcdef\.json: cannot be read"):
        EarlierVersions(Catalogue(indexed)).find("0123456789abcdef")
