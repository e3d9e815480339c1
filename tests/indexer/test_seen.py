"""Films that were read before: not again while they are the same, and at once when they are not."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from indexer import hashing, preparation, seen
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.probe import probe
from indexer.records import Media
from indexer.release_names import from_name
from indexer.report import IndexReport
from indexer.request import Request
from indexer.seen import Seen, SeenFilms, stamp_of
from indexer.settings import Settings, load_settings
from indexer.text import sidecars

Index = Callable[..., IndexReport]


@pytest.fixture
def place(films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two films and their sidecars; files count as settled at once."""
    monkeypatch.setattr(seen, "SETTLED", -1.0)
    folder = tmp_path / "films"
    folder.mkdir()
    for file in films.iterdir():
        if file.name.startswith(("bikes", "carphone")):
            shutil.copy2(file, folder)
    return folder


@pytest.fixture
def index(models: Models, indexed: Path) -> Index:
    def run(path: Path, **request: object) -> IndexReport:
        run = Indexer(
            Catalogue(indexed), load_settings(indexed), Silence(), debug=True, models=models
        )
        return run.run(Request((path,), **request))  # type: ignore[arg-type]

    return run


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the films that are probed and of the sidecars that are parsed, in order."""
    found: list[str] = []
    parsed = sidecars._parsed.__wrapped__

    def probing(path: Path, containers: Sequence[str]) -> Media:
        found.append(path.name)
        return probe(path, containers)

    def parsing(path: Path, *arguments: object) -> object:
        found.append(path.name)
        return parsed(path, *arguments)

    monkeypatch.setattr(preparation, "probe", probing)
    monkeypatch.setattr(sidecars, "_parsed", parsing)
    return found


def test_what_is_unchanged_is_not_read_again(place: Path, index: Index, reads: list[str]) -> None:
    index(place)
    assert {"bikes.mp4", "bikes.en.vtt", "carphone.mp4"} <= set(reads)
    reads.clear()
    assert all(title.unchanged for title in index(place).titles)
    assert reads == []
    index(place / "bikes.mp4", force=True)
    assert "bikes.mp4" in reads


def test_what_has_changed_is_read_again(place: Path, index: Index, reads: list[str]) -> None:
    index(place)
    reads.clear()
    sidecar = place / "bikes.en.vtt"
    before = sidecar.stat()
    sidecar.write_text(sidecar.read_text().replace("taxi", "cabs"))
    if os.name == "posix":  # Elsewhere no time of a file tells a change that is hidden so.
        os.utime(sidecar, ns=(before.st_atime_ns, before.st_mtime_ns))
    report = index(place)
    assert set(reads) == {"bikes.en.vtt"}
    assert [title.name for title in report.titles if not title.unchanged] == ["bikes"]

    reads.clear()
    (place / "carphone.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    (place / "carphone.json").write_text('{"name": "A talk on the phone"}')
    titles = index(place).titles
    assert reads[0] == "carphone.en.srt"
    assert "carphone.mp4" not in reads
    assert {title.name for title in titles} == {"bikes", "A talk on the phone"}

    reads.clear()
    (place / "bikes.mp4").write_bytes((place / "carphone.mp4").read_bytes() + bytes(8))
    index(place)
    assert "bikes.mp4" in reads


def test_a_file_that_changed_just_now_fits_no_state(tmp_path: Path) -> None:
    file = tmp_path / "film"
    file.touch()
    assert stamp_of(file) is None
    assert stamp_of(tmp_path / "nothing") is None
    other = Seen("", None, {}, texts=(("a.srt", "1"),))
    assert not other.has_texts((("a.srt", None),))
    assert hashing.SETTLED > 0


def test_a_record_that_does_not_hold_is_none(tmp_path: Path) -> None:
    films = SeenFilms(tmp_path, Settings())
    record = Seen(films.by, (1, 2, 3, 4), from_name("The.Wire.S01E02.720p.mkv"), (("a", None),))
    films.keep("t", record)
    assert SeenFilms(tmp_path, Settings()).find("t") == record
    assert SeenFilms(tmp_path, Settings(text={"language": "de"})).find("t") is None
    assert films.find("another") is None
    (tmp_path / "t").write_text('{"by": 1')
    assert films.find("t") is None


def test_a_removed_title_leaves_no_record(indexed: Path) -> None:
    catalogue = Catalogue(indexed)
    title_id = catalogue.manifests()[0].title.title_id
    assert (catalogue.seen_path / title_id).is_file()
    catalogue.remove(title_id)
    assert not (catalogue.seen_path / title_id).exists()
