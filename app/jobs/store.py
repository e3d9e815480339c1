"""Stores jobs in the database, so that they survive restarts of the server."""

from collections.abc import Iterable

from pydantic import ValidationError
from sqlalchemy import select

from app.database.engine import Database
from app.database.tables import JOBS
from app.jobs.records import Job

_WHAT = "jobs"


class JobStore:
    """The jobs of a data directory, each whole as JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Job]:
        """Return the jobs, oldest first; jobs that this version cannot read are skipped.

        Raises:
            DatabaseError: they cannot be read.
        """
        with self._database.read(_WHAT) as connection:
            rows = list(connection.scalars(select(JOBS.c.job).order_by(JOBS.c.created)))
        return [job for job in map(_read, rows) if job is not None]

    def write(self, jobs: Iterable[Job]) -> None:
        """Insert or update jobs.

        Raises:
            DatabaseError: they cannot be written.
        """
        rows = [
            {"id": job.id, "created": job.created.isoformat(), "job": job.model_dump_json()}
            for job in jobs
        ]
        if not rows:
            return
        with self._database.begin(_WHAT) as connection:
            connection.execute(JOBS.delete().where(JOBS.c.id.in_([row["id"] for row in rows])))
            connection.execute(JOBS.insert(), rows)

    def remove(self, ids: Iterable[str]) -> None:
        """Delete jobs.

        Raises:
            DatabaseError: they cannot be written.
        """
        with self._database.begin(_WHAT) as connection:
            connection.execute(JOBS.delete().where(JOBS.c.id.in_(list(ids))))


def _read(text: str) -> Job | None:
    try:
        return Job.model_validate_json(text)
    except ValidationError:
        return None
