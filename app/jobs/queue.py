"""The queue: one job at a time, in the order they came, at whichever server is free."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from app.database.engine import Database
from app.jobs import lease as leases
from app.jobs.progress import JobListener
from app.jobs.records import Job, JobRequest
from app.jobs.runner import Runner
from app.jobs.store import JobStore
from indexer.characters import one_line
from indexer.errors import ReelfindError
from indexer.listener import Listener, StoppedError
from indexer.named_roots import NO_ROOTS, NamedRoots
from indexer.report import IndexReport

Work = Callable[[Job, Listener], IndexReport]

CLOSING = 5.0
"""Seconds for the current job to stop when the queue closes."""
STOPPING = "the server is stopping; ask again when it runs"

_log = logging.getLogger(__name__)


class JobQueue:
    """Runs jobs, keeps them, and reports their progress. Thread-safe.

    Servers that share a PostgreSQL database share the queue: each may take a job that waits. With
    SQLite there is one server, and unfinished jobs of an earlier process are "interrupted".

    Args:
        database: where jobs are kept.
        work: does a job; a ``StoppedError`` of the listener must pass through it.
        lease: seconds after which the job of a server that is not heard of is "interrupted".
        roots: of this machine, that paths are kept by.
    """

    def __init__(
        self,
        database: Database,
        work: Work,
        lease: float = leases.LEASE,
        roots: NamedRoots = NO_ROOTS,
    ) -> None:
        self._work = work
        self._store = JobStore(database, roots)
        self._shared = database.is_shared
        self._lease = lease
        self._owner = leases.new_owner()
        self._lock = threading.RLock()
        self._runner = Runner("jobs", self._do_next)
        self._renewer = leases.Renewer("job-lease", lease, self._renew, self._give_up)
        self._job: Job | None = None
        """The job in hand, until its end is written."""
        self._listener: JobListener | None = None
        self._closed = False
        if not self._shared:
            self._store.interrupt()

    def start(self) -> None:
        """Begin to look for jobs that wait."""
        self._runner.wake()

    def submit(
        self, request: JobRequest, anywhere: bool = False, retry_of: str | None = None
    ) -> Job:
        """Put a job at the end of the queue.

        Raises:
            ReelfindError: too many jobs wait, it cannot be written, or the server is stopping.
        """
        if self._closed:
            raise ReelfindError(STOPPING)
        job = Job(
            id=uuid4().hex,
            request=request,
            state="waiting",
            created=_now(),
            anywhere=anywhere,
            retry_of=retry_of,
        )
        job = self._store.submit(job)
        self._runner.wake()
        return self.find(job.id) or job

    def jobs(self) -> list[Job]:
        """Return the jobs, newest first."""
        own = self._job
        jobs = [_latest(job, own) for job in self._store.all()]
        undone = [job.id for job in jobs if not job.has_ended]
        return [
            job.model_copy(update={"ahead": undone.index(job.id)})
            if job.state == "waiting"
            else job
            for job in reversed(jobs)
        ]

    def find(self, job_id: str) -> Job | None:
        """Return a job as it is now; None where there is none."""
        own = self._job
        if own is not None and own.id == job_id:
            return own
        job = self._store.find(job_id)
        if job is None or job.state != "waiting":
            return job
        return next((each for each in self.jobs() if each.id == job_id), None)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: at once if it waits, else at its next progress report.

        A job that has ended does not change. Finished results are kept.

        Raises:
            KeyError: there is no such job.
        """
        job = self._store.cancel(job_id)
        with self._lock:
            own = self._job
            if own is None or own.id != job_id:
                return job
            if job.state == "cancelling":
                self._stop()
            return self._job or job

    def close(self) -> None:
        """Stop the current job. With SQLite it becomes "interrupted", as do those that wait.

        Where servers share the queue, it waits for the next one. If it does not stop soon, it keeps
        others away until its lease has run out.
        """
        with self._lock:
            self._closed = True
            if self._listener is not None:
                self._listener.stop()
        self._runner.close(CLOSING)
        self._renewer.close(CLOSING)
        try:
            self._settle()
            if not self._shared:
                self._store.interrupt()
        except ReelfindError as error:
            _log.warning("%s", error)

    def _do_next(self) -> float | None:
        """Do the job that has waited longest."""
        try:
            self._settle()
            job = None if self._closed else self._claimed()
        except ReelfindError as error:
            _log.warning("%s", error)
            return leases.AGAIN
        if job is None:
            return leases.LOOK if self._shared else None
        assert self._listener is not None
        outcome = self._outcome(job, self._listener)
        with self._lock:
            self._listener = None
            ended = {"ended": _now(), "seconds_left": None} | outcome
            self._job = (self._job or job).model_copy(update=ended)
        return 0.0

    def _claimed(self) -> Job | None:
        """Take the job that has waited longest."""
        job = self._store.claim(self._owner, self._lease)
        if job is None:
            return None
        with self._lock:
            self._job, self._listener = job, JobListener(self._note)
            if self._closed:
                self._listener.stop()
        if self._shared:
            self._renewer.begin()
        return job

    def _settle(self) -> None:
        """Write what became of the job in hand, if it is not at work any more.

        Raises:
            DatabaseError: it cannot be written.
        """
        job = self._job
        if job is not None and self._listener is None:
            self._store.end(job, self._owner)
            self._job = None

    def _outcome(self, job: Job, listener: JobListener) -> dict[str, Any]:
        """Do a job and return the fields that say how it ended."""
        try:
            report = self._work(job, listener)
        except StoppedError:
            return self._stopped(job)
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

    def _stopped(self, job: Job) -> dict[str, Any]:
        """Return the fields of a job that was stopped."""
        cancelled = self._job is not None and self._job.state == "cancelling"
        if cancelled and (self._shared or not self._closed):
            return {"state": "cancelled"}
        if self._shared and self._closed:
            return dict(job.model_copy(update={"state": "waiting", "started": None}))
        return {"state": "interrupted"}

    def _renew(self) -> bool | None:
        """Renew the lease of the job in hand, and stop it if it was cancelled elsewhere."""
        job = self._job
        if job is None or self._listener is None:
            return None
        state = self._store.renew(job, self._owner, self._lease)
        with self._lock:
            if self._job is None or self._job.id != job.id:
                return True
            if state == "cancelling":
                self._stop()
        return state is not None

    def _give_up(self) -> None:
        """Stop the job in hand: another server may take it for interrupted."""
        with self._lock:
            listener = self._listener
            if listener is not None and not listener.is_stopped:
                job_id = self._job.id if self._job is not None else ""
                _log.warning("job %s: its lease has run out, so it stops here", job_id)
                listener.stop()

    def _stop(self) -> None:
        """Let the job in hand end as a cancelled one; the caller has the lock."""
        if self._job is not None and self._listener is not None:
            self._job = self._job.model_copy(update={"state": "cancelling"})
            self._listener.stop()

    def _note(self, **fields: Any) -> None:
        with self._lock:
            if self._job is not None and self._listener is not None:
                self._job = self._job.model_copy(update=fields)


def _latest(job: Job, own: Job | None) -> Job:
    """Return a stored job, or how far it is where this server runs it."""
    return own if own is not None and own.id == job.id and not job.has_ended else job


def _now() -> datetime:
    return datetime.now(UTC)


def _summary(report: IndexReport) -> str:
    errors = [*(title.error for title in report.titles if title.error), *report.problems]
    return errors[0] if len(errors) == 1 else f"{len(errors)} errors, the first: {errors[0]}"
