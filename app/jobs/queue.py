"""The queue: one job at a time, in the order they came."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from app.database.engine import Database
from app.jobs.progress import JobListener
from app.jobs.records import Job, JobRequest
from app.jobs.runner import Runner
from app.jobs.store import JobStore
from indexer.characters import one_line
from indexer.errors import ReelfindError
from indexer.listener import Listener, StoppedError
from indexer.report import IndexReport

Work = Callable[[Job, Listener], IndexReport]

KEPT = 500
"""Jobs that are kept."""
MOST_WAITING = 100
CLOSING = 5.0
"""Seconds for the current job to stop when the queue closes."""
STOPPING = "the server is stopping; ask again when it runs"

_log = logging.getLogger(__name__)


class JobQueue:
    """Runs jobs, keeps them, and reports their progress. Thread-safe.

    Unfinished jobs of an earlier process are "interrupted".

    Args:
        database: where jobs are kept.
        work: does a job; a ``StoppedError`` of the listener must pass through it.
    """

    def __init__(self, database: Database, work: Work) -> None:
        self._work = work
        self._store = JobStore(database)
        self._lock = threading.RLock()
        self._runner = Runner("jobs", self._do_next)
        self._in_hand: tuple[str, JobListener] | None = None
        self._closed = False
        left = [job for job in self._store.all() if not job.has_ended]
        self._store.write(_interrupted(job) for job in left)
        self._jobs = {job.id: job for job in self._store.all()}

    def submit(
        self, request: JobRequest, anywhere: bool = False, retry_of: str | None = None
    ) -> Job:
        """Put a job at the end of the queue.

        Raises:
            ReelfindError: too many jobs wait, it cannot be written, or the server is stopping.
        """
        job = Job(
            id=uuid4().hex,
            request=request,
            state="waiting",
            created=_now(),
            anywhere=anywhere,
            retry_of=retry_of,
        )
        with self._lock:
            if self._closed:
                raise ReelfindError(STOPPING)
            if len(self._waiting()) >= MOST_WAITING:
                raise ReelfindError(
                    f"{MOST_WAITING} jobs are waiting already; wait for some, or cancel them"
                )
            self._store.write([job])
            self._jobs[job.id] = job
            self._forget()
            self._runner.wake()
            return self._seen(job)

    def jobs(self) -> list[Job]:
        """Return the jobs, newest first."""
        with self._lock:
            return [self._seen(job) for job in reversed(self._jobs.values())]

    def find(self, job_id: str) -> Job | None:
        """Return a job as it is now; None where there is none."""
        with self._lock:
            job = self._jobs.get(job_id)
            return None if job is None else self._seen(job)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: at once if it waits, else at its next progress report.

        A job that has ended does not change. Finished results are kept.

        Raises:
            KeyError: there is no such job.
        """
        with self._lock:
            job = self._jobs[job_id]
            if job.state == "waiting":
                return self._change(job_id, keep=True, state="cancelled", ended=_now())
            if job.state == "running" and self._in_hand is not None:
                self._in_hand[1].stop()
                return self._change(job_id, state="cancelling")
            return job

    def close(self) -> None:
        """Stop the current job; it becomes "interrupted", as do those that wait."""
        with self._lock:
            self._closed = True
            if self._in_hand is not None:
                self._in_hand[1].stop()
        self._runner.close(CLOSING)
        with self._lock:
            for job in [each for each in self._jobs.values() if not each.has_ended]:
                ended = _interrupted(job)
                self._change(job.id, keep=True, state=ended.state, ended=ended.ended)

    def _do_next(self) -> float | None:
        """Do the job that has waited longest."""
        with self._lock:
            waiting = self._waiting()
            if self._closed or not waiting:
                return None
            job_id = waiting[0].id
            listener = JobListener(partial(self._note, job_id))
            self._in_hand = (job_id, listener)
            job = self._change(job_id, keep=True, state="running", started=_now())
        outcome = self._outcome(job, listener)
        with self._lock:
            self._in_hand = None
            if not self._jobs[job_id].has_ended:
                self._change(job_id, keep=True, ended=_now(), seconds_left=None, **outcome)
        return 0.0

    def _outcome(self, job: Job, listener: JobListener) -> dict[str, Any]:
        """Do a job and return the fields that say how it ended."""
        try:
            report = self._work(job, listener)
        except StoppedError:
            return {"state": "interrupted" if self._closed else "cancelled"}
        except ReelfindError as error:
            return {"state": "failed", "error": str(error)}
        except Exception as error:
            _log.exception("job %s failed", job.id)
            cause = f"{type(error).__name__}: {one_line(str(error))}"
            message = f"something unexpected ({cause}); the server's own output has the details"
            return {"state": "failed", "error": message}
        if not report.failed:
            return {"state": "done", "progress": 1.0, "report": report}
        return {"state": "failed", "error": _summary(report), "report": report}

    def _note(self, job_id: str, **fields: Any) -> Job:
        with self._lock:
            return self._change(job_id, **fields)

    def _change(self, job_id: str, keep: bool = False, **fields: Any) -> Job:
        """Give a job new values of fields; with ``keep`` it is written as well."""
        job = self._jobs[job_id] = self._jobs[job_id].model_copy(update=fields)
        if keep:
            try:
                self._store.write([job])
            except ReelfindError as error:
                # The job itself continues; at worst it is "interrupted" after a restart.
                _log.warning("%s", error)
        return job

    def _waiting(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.state == "waiting"]

    def _seen(self, job: Job) -> Job:
        """Return a job with the number of jobs ahead of it."""
        if job.state != "waiting":
            return job
        before = [each.id for each in self._jobs.values() if not each.has_ended]
        return job.model_copy(update={"ahead": before.index(job.id)})

    def _forget(self) -> None:
        old = [job.id for job in self._jobs.values() if job.has_ended]
        excess = old[: max(0, len(self._jobs) - KEPT)]
        if excess:
            self._store.remove(excess)
        for job_id in excess:
            del self._jobs[job_id]


def _now() -> datetime:
    return datetime.now(UTC)


def _interrupted(job: Job) -> Job:
    return job.model_copy(
        update={"state": "interrupted", "ended": _now(), "seconds_left": None, "ahead": 0}
    )


def _summary(report: IndexReport) -> str:
    errors = [*(title.error for title in report.titles if title.error), *report.problems]
    return errors[0] if len(errors) == 1 else f"{len(errors)} errors, the first: {errors[0]}"
