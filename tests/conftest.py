"""Fixtures of all tests: real media where present, and a catalogue that was really indexed."""

import gc
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from app.demo.catalogue import prepare
from app.garbage_collection import collect_seldom
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.request import Request
from indexer.settings import Settings, load_settings
from tests.earlier import make_earlier
from tests.once import once

REPOSITORY = Path(__file__).parent.parent
MEDIA = REPOSITORY.parent / "shared" / "media"
MEMORY = Path("/dev/shm")
MUCH = 8 * 2**30
"""Bytes of memory that are free where tests write to it: each has at most a few hundred MiB."""


# Until all tests are imported, the collector of cycles finds nothing and looks at ever more.
gc.disable()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each of several processes begin with files of its own when it imports all tests.

    Pytest compiles a test file in a way of its own and keeps the result. Where nothing is kept yet,
    processes in the same order would compile every file each.
    """
    given = getattr(session.config, "workerinput", None)
    if given is None or session.config.args != session.config.getini("testpaths"):
        return
    files = sorted(Path(__file__).parent.rglob("test_*.py"))
    for path in files[int(given["workerid"].removeprefix("gw")) :: given["workercount"]]:
        # What fails here fails when it is collected, and is told then.
        with suppress(Exception, pytest.skip.Exception):
            import_module(".".join(path.relative_to(REPOSITORY).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Spare the collector of cycles what all tests have imported: a million objects."""
    gc.freeze()
    collect_seldom()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that use films or networks: they take long, and nobody waits at the end.

    The first of them indexes the development films, while another process indexes the demo's.
    """
    first = _files(items, "real_films")[:1]
    long = {*_files(items, "films"), *_files(items, "models")}
    items.sort(key=lambda item: (item.path not in first, item.path not in long))


def _files(items: list[pytest.Item], fixture: str) -> list[Path]:
    return [item.path for item in items if fixture in getattr(item, "fixturenames", ())]


@pytest.fixture(scope="session")
def briefly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where folders lie that last for one test: in memory where there is much.

    To make an index waits for the disk a thousand times, and most of these are never read again.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < MUCH:
        yield tmp_path_factory.mktemp("briefly")
        return
    for left in MEMORY.glob("reelfind-tests-*"):
        if not Path("/proc", left.name.rpartition("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = MEMORY / f"reelfind-tests-{os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def tmp_path(
    request: pytest.FixtureRequest, briefly: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """An empty folder for one test; that of a test that failed is kept where pytest keeps them."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder, failed = Path(tempfile.mkdtemp(dir=briefly, prefix=name)), request.session.testsfailed
    yield folder
    if request.session.testsfailed == failed:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        copy_data(folder, tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of real films for development."""
    if not MEDIA.is_dir():
        pytest.skip(f"no development media at {MEDIA}")
    return MEDIA


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real films of the demo catalogue and their sidecars."""
    folder = tmp_path_factory.mktemp("films")
    prepare(folder)
    return folder


@pytest.fixture(scope="session")
def models() -> Models:
    """The networks of profile lite, loaded once for all tests."""
    return Models(Settings())


@pytest.fixture(scope="session")
def indexed_once(films: Path, models: Models, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of the demo films; not to be changed."""

    def make(folder: Path) -> None:
        prepare(folder / "films")
        index(folder / "films", folder / "data", models)

    made = once(tmp_path_factory, "indexed", make)
    # One process at a time may open a store, and films may be away for a while.
    data = copy_data(made / "data", tmp_path_factory.mktemp("indexed") / "data")
    lie_in(data, films)
    return data


@pytest.fixture(scope="session")
def indexed_earlier(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of the demo films that an earlier version indexed; not to be changed."""
    data = copy_data(indexed_once, tmp_path_factory.mktemp("earlier") / "data")
    make_earlier(data)
    return data


def index(films: Path | None, data: Path, models: Models) -> Path:
    """Index the films of a folder, all of them, into the data directory ``data``.

    With None, bring the films that are in it up to date.
    """
    settings = load_settings(data)
    indexer = Indexer(Catalogue(data), settings, Silence(), debug=True, models=models)
    report = indexer.run(Request(rescore=True) if films is None else Request((films,)))
    assert not report.failed, [title.error for title in report.titles]
    return data


def artefacts(data: Path) -> dict[str, str]:
    """Every file of the titles and encoders with a hash of its bytes."""
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("titles", "encoders")
        for path in sorted((data / folder).rglob("*"))
        if path.is_file()
    }


def films_of_its_own(data: Path, films: Path, place: Path) -> Path:
    """Copy ``films`` to ``place`` and let the titles of ``data`` lie there; return ``place``."""
    shutil.copytree(films, place)
    lie_in(data, place)
    return place


def lie_in(data: Path, place: Path) -> None:
    """Note that the films of ``data`` are in the folder ``place`` now."""
    catalogue = Catalogue(data)
    for each in catalogue.manifests():
        media = replace(each.title.media, path=place / each.title.media.path.name)
        catalogue.write_manifest(replace(each, title=replace(each.title, media=media)))


def copy_data(source: Path, target: Path) -> Path:
    """Copy a data directory; files of ``target`` that are there are written over."""
    shutil.copytree(source, target, copy_function=copy_sparse, dirs_exist_ok=True)
    return target


def copy_sparse(source: str, target: str) -> str:
    """Copy a file and leave its holes: the store reserves forty times what it fills."""
    with Path(source).open("rb", buffering=0) as old, Path(target).open("wb") as new:
        for start, end in filled(old.fileno()):
            old.seek(start)
            new.seek(start)
            new.write(old.read(end - start))
        new.truncate(os.fstat(old.fileno()).st_size)
    return target


def filled(file: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of an open file, in bytes, that are not holes."""
    end, size = 0, os.fstat(file).st_size
    if not hasattr(os, "SEEK_DATA"):
        yield end, size
        return
    while end < size:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
        except OSError:  # Nothing but a hole to the end.
            return
        end = os.lseek(file, start, os.SEEK_HOLE)
        yield start, end


@pytest.fixture
def indexed(indexed_once: Path, tmp_path: Path) -> Path:
    """A data directory of the demo films, one's own to change."""
    return copy_data(indexed_once, tmp_path / "data")
