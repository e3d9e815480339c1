"""Two servers over one PostgreSQL database: one queue, whichever is asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import select

from app.database.engine import Database
from app.database.tables import JOBS
from app.jobs.queue import JobQueue
from app.jobs.records import Job
from app.jobs.store import JobStore
from indexer.errors import ReelfindError
from indexer.report import IndexReport
from tests.app.jobs.conftest import REQUEST, Work, state, until

Start = Callable[..., JobQueue]


@pytest.fixture
def start(postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a server's queue, which is stopped after the test."""
    monkeypatch.setattr("app.jobs.lease.LOOK", 0.02)
    with ExitStack() as stopping:

        def begin(work: Work, lease: float = 60.0) -> JobQueue:
            queue = JobQueue(stopping.enter_context(Database(postgres)), work, lease)
            stopping.callback(queue.close)
            queue.start()
            return queue

        yield begin


class Stored(JobStore):
    """What a server without a queue of its own sees and does."""

    def lease(self) -> datetime:
        """Return until when the one running job is its server's."""
        query = select(JOBS.c.lease).where(JOBS.c.lease.is_not(None))
        with self._database.read("jobs") as connection:
            lease: datetime = connection.execute(query).scalar_one()
        return lease

    def expire(self) -> None:
        """Let the lease of every running job run out."""
        with self._database.begin("jobs") as connection:
            long_ago = datetime(2026, 1, 31, tzinfo=UTC)
            connection.execute(JOBS.update().where(JOBS.c.lease > long_ago).values(lease=long_ago))


@pytest.fixture
def store(postgres: str) -> Iterator[Stored]:
    with Database(postgres) as database:
        yield Stored(database)


def seen(queue: JobQueue) -> list[Job]:
    return queue.jobs()


def test_a_second_server_interrupts_nothing_and_shows_the_same(start: Start) -> None:
    first_work, second_work = Work(), Work()
    first = start(first_work)
    jobs = [first.submit(REQUEST) for _ in range(3)]
    until(lambda: state(first, jobs[0]) == "running")
    second = start(second_work)
    until(lambda: seen(second) == seen(first))
    assert [(job.state, job.ahead) for job in seen(second)] == [
        ("waiting", 2),
        ("waiting", 1),
        ("running", 0),
    ]
    assert (seen(second)[2].title, seen(second)[2].progress) == ("A film", 0.25)
    first_work.go.set()
    second_work.go.set()
    until(lambda: all(job.state == "done" for job in seen(second)))
    until(lambda: seen(first) == seen(second))
    assert seen(second)[0].report is not None
    assert sorted([*first_work.begun, *second_work.begun]) == sorted(job.id for job in jobs)


def test_servers_do_one_job_at_a_time_in_order(start: Start) -> None:
    busy: list[str] = []
    order: list[str] = []

    class Alone(Work):
        def __call__(self, job: Job, listener: object) -> IndexReport:
            busy.append(job.id)
            order.append(job.id)
            assert len(busy) == 1
            busy.remove(job.id)
            return IndexReport((), (), None, None, 0.0)

    queues = [start(Alone()) for _ in range(3)]
    jobs = [queues[number % 3].submit(REQUEST).id for number in range(12)]
    until(lambda: all(job.has_ended for job in seen(queues[0])))
    assert {job.state for job in seen(queues[1])} == {"done"}
    assert order == jobs


def test_a_cancel_reaches_the_server_that_runs_the_job(start: Start) -> None:
    work = Work()
    owner = start(work)
    job = owner.submit(REQUEST)
    until(lambda: state(owner, job) == "running")
    other = start(Work())
    waiting = owner.submit(REQUEST)
    assert other.cancel(waiting.id).state == "cancelled"
    assert other.cancel(job.id).state == "cancelling"
    until(lambda: state(owner, job) == "cancelled")
    until(lambda: state(other, job) == "cancelled")
    assert work.begun == [job.id]


def test_only_a_lease_that_has_run_out_is_interrupted(start: Start, store: Stored) -> None:
    lost, kept = store.submit(job_of("a")), store.submit(job_of("b"))
    # A server takes a job and is killed.
    assert store.claim("killed", 60) is not None
    work = Work()
    other = start(work)
    assert [job.state for job in seen(other)] == ["waiting", "running"]
    store.expire()
    until(lambda: state(other, lost) == "interrupted")
    until(lambda: work.begun == [kept.id])


def test_a_lease_is_renewed_while_the_job_runs(start: Start, store: Stored) -> None:
    queue = start(Work())
    job = queue.submit(REQUEST)
    until(lambda: state(queue, job) == "running")
    for _ in range(3):
        until(partial(later_than, store, store.lease()))
    assert state(queue, job) == "running"


def test_a_server_that_lost_its_lease_stops(start: Start, postgres: str) -> None:
    work, other = Work(), Work()
    first = start(work)
    job = first.submit(REQUEST)
    until(lambda: state(first, job) == "running")
    # As if it had hung for longer than its lease.
    with Database(postgres) as database, database.begin("jobs") as connection:
        values = {"state": "interrupted", "owner": "another"}
        connection.execute(JOBS.update().where(JOBS.c.id == job.id).values(values))
    until(lambda: state(first, job) == "interrupted")
    second = start(other)
    following = second.submit(REQUEST)
    until(lambda: state(second, following) == "running")
    assert state(second, job) == "interrupted"


def test_a_job_whose_lease_cannot_be_renewed_in_time_stops(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.lease.AGAIN", 0.02)
    work = Work()
    queue = start(work, lease=0.3)

    def away(*_: object) -> None:
        raise ReelfindError("the database is away")

    monkeypatch.setattr(JobStore, "renew", away)
    job = queue.submit(REQUEST)
    until(lambda: state(queue, job) == "interrupted")


def test_jobs_outlive_their_server(start: Start) -> None:
    work = Work()
    first = start(work)
    jobs = [first.submit(REQUEST) for _ in range(2)]
    until(lambda: state(first, jobs[0]) == "running")
    first.close()
    other = Work()
    second = start(other)
    # The one that was stopped goes on first, as if it had not begun.
    until(lambda: other.begun == [jobs[0].id])
    other.go.set()
    until(lambda: [each.state for each in seen(second)] == ["done", "done"])
    assert other.begun == [job.id for job in jobs]
    assert seen(second)[1].messages == ("a warning",)


def test_a_job_that_does_not_stop_keeps_others_away(
    start: Start, store: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process may go on for a moment, and has the index."""
    monkeypatch.setattr("app.jobs.queue.CLOSING", 0.05)
    go, begun = threading.Event(), threading.Event()

    class Deaf(Work):
        def __call__(self, job: Job, listener: object) -> IndexReport:
            begun.set()
            assert go.wait(60)
            return IndexReport((), (), None, None, 0.0)

    first = start(Deaf())
    jobs = [first.submit(REQUEST) for _ in range(2)]
    assert begun.wait(60)
    first.close()
    other = Work()
    second = start(other)
    assert [each.state for each in seen(second)] == ["waiting", "running"]
    store.expire()
    until(lambda: other.begun == [jobs[1].id])
    assert state(second, jobs[0]) == "interrupted"
    go.set()


def later_than(store: Stored, before: datetime) -> bool:
    return store.lease() > before


def job_of(letter: str) -> Job:
    return Job(id=letter * 32, request=REQUEST, state="waiting", created=datetime.now(UTC))
