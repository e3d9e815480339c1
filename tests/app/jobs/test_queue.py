"""The queue itself: order, progress, cancelling, failing, and what a restart leaves."""

import shutil
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from app.database.engine import Database
from app.jobs.queue import JobQueue
from app.jobs.records import Job
from app.jobs.store import MOST_WAITING, JobStore
from app.labelling.store import LabelStore
from indexer.errors import ReelfindError
from tests.app.jobs.conftest import REQUEST, Work, state, until


def test_nothing_is_written_before_the_first_job(queue: JobQueue, tmp_path: Path) -> None:
    assert queue.jobs() == []
    assert queue.find("0" * 32) is None
    assert list(tmp_path.iterdir()) == []


def test_jobs_run_one_at_a_time_in_order(queue: JobQueue, work: Work) -> None:
    jobs = [queue.submit(REQUEST) for _ in range(3)]
    until(lambda: len(work.begun) == 1)
    assert [each.state for each in queue.jobs()] == ["waiting", "waiting", "running"]
    assert [each.ahead for each in queue.jobs()] == [2, 1, 0]
    work.go.set()
    until(lambda: all(job.state == "done" for job in queue.jobs()))
    assert work.begun == [job.id for job in jobs]


def test_progress_has_title_stage_part_and_time_left(queue: JobQueue, work: Work) -> None:
    job = queue.submit(REQUEST)
    until(lambda: any(each.worked for each in queue.jobs()))
    now = queue.find(job.id)
    assert now is not None
    assert (now.title, now.stage, now.planned, now.progress) == ("A film", "shots", 10.0, 0.25)
    assert now.messages == ("a warning",)
    assert now.seconds_left is not None
    assert now.started is not None
    assert isinstance(now.created, datetime)
    work.go.set()
    until(lambda: state(queue, job) == "done")
    done = queue.find(job.id)
    assert done is not None
    assert done.report is not None
    assert (done.progress, done.seconds_left, done.report.encoder) == (1.0, None, "encoder")


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(queue: JobQueue, work: Work) -> None:
    first, second = queue.submit(REQUEST), queue.submit(REQUEST)
    assert queue.cancel(second.id).state == "cancelled"
    work.go.set()
    until(lambda: state(queue, first) == "done")
    assert work.begun == [first.id]
    assert queue.cancel(first.id).state == "done"


def test_the_job_in_hand_is_cancelled_and_the_next_begins(queue: JobQueue, work: Work) -> None:
    first, second = queue.submit(REQUEST), queue.submit(REQUEST)
    until(lambda: state(queue, first) == "running")
    assert queue.cancel(first.id).state == "cancelling"
    until(lambda: state(queue, second) == "running")
    assert state(queue, first) == "cancelled"


def test_a_failure_has_its_reason(queue: JobQueue, work: Work) -> None:
    work.go.set()
    work.error = ReelfindError("a.mp4: no film; name another")
    told = queue.submit(REQUEST)
    until(lambda: state(queue, told) == "failed")
    work.error = None
    work.failed_title = "a.mp4: cannot be decoded"
    titles = queue.submit(REQUEST)
    until(lambda: state(queue, titles) == "failed")
    failed = [queue.find(each.id) for each in (told, titles)]
    assert [each.error for each in failed if each] == [
        "a.mp4: no film; name another",
        "a.mp4: cannot be decoded",
    ]


def test_an_unforeseen_failure_does_not_stop_the_queue(queue: JobQueue, work: Work) -> None:
    work.go.set()
    work.error = ZeroDivisionError("by zero")
    broken = queue.submit(REQUEST)
    until(lambda: state(queue, broken) == "failed")
    assert "ZeroDivisionError" in (queue.jobs()[0].error or "")
    work.error = None
    after = queue.submit(REQUEST)
    until(lambda: state(queue, after) == "done")


@pytest.mark.parametrize("killed", [False, True])
def test_a_restart_leaves_undone_jobs_interrupted(
    killed: bool, queue: JobQueue, work: Work, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    done = queue.submit(REQUEST)
    work.go.set()
    until(lambda: state(queue, done) == "done")
    work.go.clear()
    undone = [queue.submit(REQUEST), queue.submit(REQUEST)]
    until(lambda: state(queue, undone[0]) == "running")
    if killed:
        # What a process that is killed leaves on the disk.
        data = Path(shutil.copytree(data, tmp_path / "left"))
    else:
        queue.close()
    database = Database.of(data)
    again = JobQueue(database, work)
    assert [(job.id, job.state) for job in again.jobs()] == [
        (undone[1].id, "interrupted"),
        (undone[0].id, "interrupted"),
        (done.id, "done"),
    ]
    report = again.jobs()[2].report
    assert report is not None
    assert report.titles[0].name == "A film"
    again.close()
    database.close()


def test_jobs_live_beside_labels(queue: JobQueue, work: Work, tmp_path: Path) -> None:
    work.go.set()
    queue.submit(REQUEST)
    with Database(tmp_path / "data" / "reelfind.db") as database:
        labels = LabelStore(database)
        assert labels.all() == []
    assert (tmp_path / "data" / "reelfind.db").is_file()


def test_a_queue_takes_so_many_and_no_more(queue: JobQueue, work: Work) -> None:
    queue.submit(REQUEST)
    until(lambda: len(work.begun) == 1)
    for _ in range(MOST_WAITING):
        queue.submit(REQUEST)
    with pytest.raises(ReelfindError, match="waiting already"):
        queue.submit(REQUEST)


def test_a_closed_queue_takes_nothing(queue: JobQueue) -> None:
    queue.close()
    with pytest.raises(ReelfindError, match="stopping"):
        queue.submit(REQUEST)


def test_an_end_that_cannot_be_written_is_written_later(
    queue: JobQueue, work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.lease.AGAIN", 0.01)
    end, tries = JobStore.end, count()

    def away(store: JobStore, job: Job, owner: str) -> None:
        if next(tries) < 3:
            raise ReelfindError("the database is away")
        end(store, job, owner)

    monkeypatch.setattr(JobStore, "end", away)
    job = queue.submit(REQUEST)
    work.go.set()
    until(lambda: state(queue, job) == "done")
    with Database.of(tmp_path / "data") as database:
        until(lambda: [each.state for each in JobStore(database).all()] == ["done"])
