"""A watched folder: what is new in it is asked for once, and not while it grows."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.database.engine import DATABASE, Database
from app.jobs.queue import JobQueue
from app.jobs.records import Job, JobRequest
from app.jobs.watching import Watcher
from app.runtime import Runtime
from indexer.catalogue import Catalogue
from indexer.settings import Settings
from indexer.titles import Titles
from tests.app.jobs.conftest import Work, state, until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "films").mkdir()
    return tmp_path / "films"


def nothing_indexed() -> Titles:
    return Titles(None, None)


@pytest.fixture
def watcher(folder: Path, queue: JobQueue) -> Watcher:
    return Watcher((folder,), nothing_indexed, lambda: queue, every=0.02)


@pytest.fixture(autouse=True)
def stopped(work: Work) -> Iterator[None]:
    yield
    work.go.set()


def test_a_film_is_asked_for_when_it_has_stopped_growing(watcher: Watcher, folder: Path) -> None:
    film = folder / "a.mp4"
    film.write_bytes(b"the first half")
    assert watcher.look() is None
    film.write_bytes(b"the first half and the second")
    assert watcher.look() is None
    job = watcher.look()
    assert job is not None
    assert job.request == JobRequest(paths=(film,))
    assert watcher.look() is None


def test_films_of_one_look_are_one_job(watcher: Watcher, folder: Path) -> None:
    for name in ("b.mkv", "a.mp4", "notes.txt", ".hidden.mp4", "empty.mp4"):
        (folder / name).write_bytes(b"" if name.startswith("empty") else b"film")
    watcher.look()
    job = watcher.look()
    assert job is not None
    assert job.request.paths == (folder / "a.mp4", folder / "b.mkv")


def test_a_film_is_asked_for_again_when_it_changes(
    watcher: Watcher, folder: Path, queue: JobQueue, work: Work
) -> None:
    film = folder / "a.mp4"
    film.write_bytes(b"film")
    watcher.look()
    first = watcher.look()
    assert first is not None
    work.go.set()
    until(lambda: state(queue, first) == "done")
    assert watcher.look() is None
    film.write_bytes(b"a longer cut of it")
    assert watcher.look() is None
    assert watcher.look() is not None


def test_a_film_with_an_old_date_is_new(watcher: Watcher, folder: Path) -> None:
    film = folder / "a.mp4"
    film.write_bytes(b"film")
    os.utime(film, (0, 0))
    watcher.look()
    assert watcher.look() is not None


def test_what_was_asked_for_by_hand_is_left_alone(
    watcher: Watcher, folder: Path, queue: JobQueue
) -> None:
    (folder / "season").mkdir()
    (folder / "season" / "a.mp4").write_bytes(b"film")
    watcher.look()
    job = queue.submit(JobRequest(paths=(folder / "season",)))
    assert watcher.look() is None
    queue.cancel(job.id)
    assert watcher.look() is None


def asked_in(queue: JobQueue, folder: Path, tmp_path: Path) -> Job | None:
    """Look twice, so that what lies there has stopped growing."""
    with closing(Runtime(tmp_path / "data", Settings())) as runtime:
        watcher = Watcher((folder,), lambda: runtime.listing, lambda: queue)
        watcher.look()
        return watcher.look()


def test_a_job_that_a_stop_cut_short_is_begun_again(
    folder: Path, tmp_path: Path, work: Work
) -> None:
    (folder / "a.mp4").write_bytes(b"film")
    database = Database(tmp_path / DATABASE)
    for _ in range(2):
        with closing(JobQueue(database, work)) as queue:
            assert asked_in(queue, folder, tmp_path) is not None
    database.close()


def test_films_of_a_job_that_failed_as_a_whole_are_asked_for_again(
    folder: Path, tmp_path: Path, queue: JobQueue, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.mp4").write_bytes(b"film")
    work.error = RuntimeError("the store was away")
    job = asked_in(queue, folder, tmp_path)
    assert job is not None
    work.go.set()
    until(lambda: state(queue, job) == "failed")
    assert asked_in(queue, folder, tmp_path) is None
    monkeypatch.setattr("app.jobs.watching.AGAIN", 0.0)
    assert asked_in(queue, folder, tmp_path) is not None


def test_a_film_that_failed_in_a_job_is_left_alone(
    folder: Path, tmp_path: Path, queue: JobQueue, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.mp4").write_bytes(b"film")
    work.failed_title = "a.mp4: damaged; copy it again"
    job = asked_in(queue, folder, tmp_path)
    assert job is not None
    work.go.set()
    until(lambda: state(queue, job) == "failed")
    monkeypatch.setattr("app.jobs.watching.AGAIN", 0.0)
    assert asked_in(queue, folder, tmp_path) is None


def test_a_look_that_goes_wrong_is_not_the_last(
    watcher: Watcher, folder: Path, queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, wrong = watcher.look, [KeyError("what nobody expected")]

    def look_or_fail() -> Job | None:
        if wrong:
            raise wrong.pop()
        return look()

    monkeypatch.setattr(watcher, "look", look_or_fail)
    (folder / "a.mp4").write_bytes(b"film")
    watcher.start()
    until(lambda: bool(queue.jobs()))
    watcher.close()


def test_an_indexed_film_is_not_asked_for(indexed_once: Path, queue: JobQueue) -> None:
    with closing(Runtime(indexed_once, Settings())) as runtime:
        films = {each.title.media.path.parent for each in runtime.listing.every()}
        assert films
        watcher = Watcher(tuple(films), lambda: runtime.listing, lambda: queue)
        watcher.look()
        assert watcher.look() is None


def test_a_folder_that_is_away_is_told_once(
    tmp_path: Path, queue: JobQueue, caplog: pytest.LogCaptureFixture
) -> None:
    away = tmp_path / "unmounted"
    watcher = Watcher((away,), nothing_indexed, lambda: queue)
    with caplog.at_level(logging.WARNING):
        watcher.look()
        watcher.look()
    assert [each.getMessage() for each in caplog.records] == [
        f"watched folders: {away}: not there; make it, or mount its disk"
    ]


def test_it_looks_by_itself_until_it_is_closed(
    watcher: Watcher, folder: Path, queue: JobQueue
) -> None:
    watcher.start()
    (folder / "a.mp4").write_bytes(b"film")
    until(lambda: len(queue.jobs()) == 1)
    watcher.close()
    (folder / "b.mp4").write_bytes(b"film")
    assert len(queue.jobs()) == 1


def test_a_film_that_another_of_its_size_replaces_is_asked_for(
    indexed: Path, tmp_path: Path, queue: JobQueue
) -> None:
    catalogue = Catalogue(indexed)
    known = catalogue.find("carphone.mp4")
    path = tmp_path / "films" / "carphone.mp4"
    path.parent.mkdir()
    shutil.copyfile(known.title.media.path, path)
    media = replace(known.title.media, path=path)
    catalogue.write_manifest(replace(known, title=replace(known.title, media=media)))
    # It is newer than the index, and the same film.
    assert asked_in(queue, path.parent, tmp_path) is None
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    job = asked_in(queue, path.parent, tmp_path)
    assert job is not None
    assert job.request.paths == (path,)
