"""Jobs whose work a test steers, and a server with real films."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.database.engine import Database
from app.database.tables import JOBS
from app.jobs.queue import JobQueue
from app.jobs.records import Job, JobRequest
from indexer.listener import Listener
from indexer.report import IndexReport, TitleResult

FILM = Path("/films/a.mp4")
REQUEST = JobRequest(paths=(FILM,))


def until(what: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that another thread or process brings about."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "this never happened"
        time.sleep(0.01)


class Work:
    """Work that waits for the test, telling its listener every moment, as stages do."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = threading.Event()
        self.error: Exception | None = None
        self.failed_title: str | None = None

    def __call__(self, job: Job, listener: Listener) -> IndexReport:
        self.begun.append(job.id)
        listener.planned(10.0)
        listener.doing("A film", "shots")
        listener.message("a warning")
        listener.worked(2.5)
        while not self.go.wait(0.005):
            listener.worked(0.0)
        if self.error is not None:
            raise self.error
        titles = (TitleResult(FILM, "A film", seconds=60.0, worked=1.0, error=self.failed_title),)
        return IndexReport(titles, (), "encoder", None, 1.0)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def queue(tmp_path: Path, work: Work) -> Iterator[JobQueue]:
    with Database.of(tmp_path / "data") as database:
        queue = JobQueue(database, work)
        yield queue
        queue.close()


def state(queue: JobQueue, job: Job) -> str:
    found = queue.find(job.id)
    assert found is not None
    return found.state


def keep(database: Database, job: Job) -> None:
    """Write a job as it is, whoever runs it."""
    row = {"id": job.id, "created": job.created.isoformat(), "state": job.state}
    with database.begin("jobs") as connection:
        connection.execute(JOBS.insert(), row | {"job": job.model_dump_json()})


def forget_jobs(database: Database) -> None:
    with database.begin("jobs") as connection:
        connection.execute(JOBS.delete())
