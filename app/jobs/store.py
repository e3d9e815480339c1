"""Stores jobs in the database, so that they survive restarts and are the same at every server.

A running job belongs to one server, its owner, for as long as its lease, which the owner renews. A
job whose lease has run out is interrupted. SQLite has one server, which needs no lease.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Row, func, select, true

from app.database.engine import Database
from app.database.sharing import Turn, now, wait_for
from app.database.tables import JOBS
from app.jobs.records import ENDED, Job, State
from indexer.errors import ReelfindError
from indexer.named_roots import NO_ROOTS, NamedRoots

KEPT = 500
"""Jobs that are kept."""
MOST_WAITING = 100

_WHAT = "jobs"
_UNDONE = JOBS.c.state.not_in(ENDED)
_GOING = JOBS.c.state.in_(("running", "cancelling"))
_IN_ORDER = (JOBS.c.created, JOBS.c.id)


class JobStore:
    """The jobs of a data directory, each whole as JSON; the column ``state`` has the last word.

    Paths are kept by the ``roots`` of this machine. Thread-safe.
    """

    def __init__(self, database: Database, roots: NamedRoots = NO_ROOTS) -> None:
        self._database = database
        self._roots = roots
        # Jobs that have ended do not change any more; None cannot be read by this version.
        self._ended: dict[str, Job | None] = {}

    def all(self) -> list[Job]:
        """Return the jobs, oldest first; jobs that this version cannot read are skipped.

        Raises:
            DatabaseError: they cannot be read.
        """
        known = self._ended
        with self._database.read(_WHAT) as connection:
            ids = connection.scalars(select(JOBS.c.id).order_by(*_IN_ORDER)).all()
            rows = connection.execute(
                _select().where(JOBS.c.id.in_([*({*ids} - known.keys())]))
            ).all()
        found = {row.id: self._read(row) for row in rows}
        self._ended = {each: known[each] for each in ids if each in known} | {
            row.id: found[row.id] for row in rows if row.state in ENDED
        }
        jobs = [found[each] if each in found else known.get(each) for each in ids]
        return [job for job in jobs if job is not None]

    def find(self, job_id: str) -> Job | None:
        """Return a job; None where there is none.

        Raises:
            DatabaseError: it cannot be read.
        """
        if job_id in self._ended:
            return self._ended[job_id]
        with self._database.read(_WHAT) as connection:
            row = connection.execute(_select().where(JOBS.c.id == job_id)).first()
        return self._read(row) if row is not None else None

    def submit(self, job: Job) -> Job:
        """Put a job at the end of the queue; return it with the time at which it came.

        Raises:
            ReelfindError: too many wait already.
            DatabaseError: it cannot be written.
        """
        with self._database.begin(_WHAT) as connection:
            waiting = select(func.count()).where(JOBS.c.state == "waiting")
            if connection.execute(waiting).scalar_one() >= MOST_WAITING:
                raise ReelfindError(
                    f"{MOST_WAITING} jobs are waiting already; wait for some, or cancel them"
                )
            last = connection.scalar(select(func.max(JOBS.c.created)))
            job = job.model_copy(update={"created": _after(last, now(connection))})
            row = {"id": job.id, "created": job.created.isoformat(), "state": job.state}
            connection.execute(JOBS.insert(), row | {"job": self._text(job)})
            _forget(connection)
        return job

    def claim(self, owner: str, seconds: float) -> Job | None:
        """Return the job that has waited longest, as one that ``owner`` runs from now on.

        Jobs whose lease has run out become "interrupted" first. Nothing is claimed while another
        job is running: there is one at a time, at whichever server.

        Raises:
            DatabaseError: they cannot be read or written.
        """
        with self._database.read(_WHAT) as connection:
            if connection.scalar(select(JOBS.c.id).where(_UNDONE).limit(1)) is None:
                return None
        with self._database.begin(_WHAT) as connection:
            wait_for(connection, Turn.TAKE_JOB)
            moment = now(connection)
            self._interrupt(connection, _GOING & (JOBS.c.lease < moment), moment)
            if connection.scalar(select(JOBS.c.id).where(_GOING).limit(1)) is not None:
                return None
            waiting = _select().where(JOBS.c.state == "waiting").order_by(*_IN_ORDER)
            for row in connection.execute(waiting.with_for_update(skip_locked=True)).all():
                job = self._read(row)
                if job is not None:
                    job = job.model_copy(update={"state": "running", "started": moment})
                    lease = moment + timedelta(seconds=seconds)
                    self._write(connection, job, owner=owner, lease=lease)
                    return job
        return None

    def renew(self, job: Job, owner: str, seconds: float) -> State | None:
        """Renew the lease of a running job, and write its progress.

        Returns:
            Its state: "cancelling" once somebody cancelled it. None where it is not its owner's
            any more.

        Raises:
            DatabaseError: it cannot be written.
        """
        mine = (JOBS.c.id == job.id) & (JOBS.c.owner == owner) & _GOING
        with self._database.begin(_WHAT) as connection:
            values = {
                "lease": now(connection) + timedelta(seconds=seconds),
                "job": self._text(job),
            }
            renewed = JOBS.update().where(mine).values(values).returning(JOBS.c.state)
            state: State | None = connection.scalar(renewed)
        return state

    def end(self, job: Job, owner: str) -> None:
        """Write how a job ended, or that it waits again, unless it is not its owner's any more.

        Raises:
            DatabaseError: it cannot be written.
        """
        mine = (JOBS.c.owner == owner) & _GOING
        with self._database.begin(_WHAT) as connection:
            self._write(connection, job, mine, lease=None)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: one that waits has ended, and the owner of a running one is told.

        Raises:
            KeyError: there is no such job.
            DatabaseError: it cannot be written.
        """
        with self._database.begin(_WHAT) as connection:
            one = _select().where(JOBS.c.id == job_id).with_for_update()
            row = connection.execute(one).first()
            job = self._read(row) if row is not None else None
            if job is None:
                raise KeyError(job_id)
            if job.state == "waiting":
                job = job.model_copy(update={"state": "cancelled", "ended": now(connection)})
                self._write(connection, job)
            elif job.state == "running":
                job = job.model_copy(update={"state": "cancelling"})
                connection.execute(_one(job_id).values(state=job.state))
        return job

    def interrupt(self) -> None:
        """Note that the one server, whose jobs these are, stopped before their end.

        Raises:
            DatabaseError: they cannot be read or written.
        """
        with self._database.read(_WHAT) as connection:
            if connection.scalar(select(JOBS.c.id).where(_UNDONE).limit(1)) is None:
                return
        with self._database.begin(_WHAT) as connection:
            self._interrupt(connection, _UNDONE, now(connection))

    def _text(self, job: Job) -> str:
        return job.model_dump_json(context=self._roots)

    def _read(self, row: Row[Any]) -> Job | None:
        try:
            job = Job.model_validate_json(row.job, context=self._roots)
        except ValidationError:
            return None
        return job.model_copy(update={"state": row.state})

    def _write(
        self,
        connection: Connection,
        job: Job,
        also: ColumnElement[bool] | None = None,
        **columns: Any,
    ) -> None:
        """Write a job's state and JSON where it is still as ``also`` says."""
        values = {"state": job.state, "job": self._text(job)} | columns
        connection.execute(_one(job.id).where(true() if also is None else also).values(values))

    def _interrupt(
        self, connection: Connection, which: ColumnElement[bool], moment: datetime
    ) -> None:
        for row in connection.execute(_select().where(which).with_for_update()).all():
            job = self._read(row)
            if job is None:
                connection.execute(_one(row.id).values(state="interrupted"))
            else:
                ended = {"state": "interrupted", "ended": moment, "seconds_left": None}
                self._write(connection, job.model_copy(update=ended), lease=None)


def _select() -> Any:
    return select(JOBS.c.id, JOBS.c.state, JOBS.c.job)


def _one(job_id: str) -> Any:
    return JOBS.update().where(JOBS.c.id == job_id)


def _forget(connection: Connection) -> None:
    excess = connection.execute(select(func.count()).select_from(JOBS)).scalar_one() - KEPT
    if excess > 0:
        old = select(JOBS.c.id).where(~_UNDONE).order_by(*_IN_ORDER).limit(excess)
        ids = connection.scalars(old).all()
        connection.execute(JOBS.delete().where(JOBS.c.id.in_(ids)))


def _after(last: str | None, moment: datetime) -> datetime:
    """Return a moment after the last job's: some clocks tick rarely, and some are set back."""
    if last is None:
        return moment
    before = datetime.fromisoformat(last).astimezone(UTC)
    return max(moment, before + timedelta(microseconds=1))
