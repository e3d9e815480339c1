"""A database that is locked, full or away: nobody waits long, and is told to come back."""

import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.database.engine import DATABASE, Database, DatabaseAwayError, DatabaseError
from app.database.tables import JOBS
from indexer.sections import DatabaseSettings
from tests.app.database.test_engine import add_job, jobs

SHORT = DatabaseSettings(patience=0.2, longest=0.3, connections=2)
SOON = 3.0
"""Seconds: far less than what is waited for here would take."""


@pytest.fixture
def short(where: str | Path) -> Iterator[Database]:
    with Database(where, SHORT) as database:
        add_job(database, "one")
        yield database


@pytest.fixture
def remote(postgres: str) -> Iterator[Database]:
    with Database(postgres, SHORT) as database:
        add_job(database, "one")
        yield database


def refused(database: Database) -> DatabaseAwayError:
    """Return what a write is refused with, which must come soon."""
    began = time.monotonic()
    with pytest.raises(DatabaseAwayError, match="try again in a moment") as told:
        add_job(database, "two")
    assert time.monotonic() - began < SOON
    assert told.value.seconds > 0
    return told.value


def test_a_locked_database_is_waited_for_shortly(short: Database) -> None:
    with short.begin("jobs") as connection:
        connection.execute(JOBS.update().values(created="now"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"))
        refused(short)
    add_job(short, "two")
    assert jobs(short) == ["one", "two"]


def test_a_file_that_another_program_locks_is_waited_for_shortly(tmp_path: Path) -> None:
    with Database(tmp_path / DATABASE, SHORT) as database:
        add_job(database, "one")
        with closing(sqlite3.connect(tmp_path / DATABASE)) as other:
            other.execute("BEGIN EXCLUSIVE")
            refused(database)
            assert jobs(database) == ["one"], "reading goes on"
            other.rollback()
        add_job(database, "two")


def test_a_free_connection_is_waited_for_shortly(short: Database) -> None:
    held, go_on = threading.Barrier(3), threading.Event()

    def hold(_: int) -> None:
        with short.read("jobs"):
            held.wait(60)
            assert go_on.wait(60)

    with ThreadPoolExecutor(2) as pool:
        holding = pool.map(hold, range(2))
        held.wait(60)
        refused(short)
        go_on.set()
        list(holding)
    add_job(short, "two")


def test_a_statement_that_takes_too_long_is_ended(remote: Database) -> None:
    def sleep() -> None:
        with remote.read("jobs") as connection:
            connection.execute(text("SELECT pg_sleep(60)"))

    began = time.monotonic()
    with pytest.raises(DatabaseAwayError):
        sleep()
    assert time.monotonic() - began < SOON
    assert jobs(remote) == ["one"]


def test_a_server_that_stops_in_between_is_asked_again(remote: Database, postgres: str) -> None:
    def ended() -> None:
        with remote.read("jobs") as connection:
            mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other = create_engine(postgres.replace("postgresql:", "postgresql+psycopg:"))
            with other.begin() as its:
                its.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            other.dispose()
            connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseAwayError) as told:
        ended()
    assert "terminating" in told.value.__notes__[0]
    assert jobs(remote) == ["one"]


def test_many_who_find_it_away_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Nothing answers at this address: the kernel takes the connection, and no one speaks."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        with Database(f"postgresql://annika@127.0.0.1:{port}/reelfind", SHORT) as database:
            began = time.monotonic()
            with ThreadPoolExecutor(10) as pool:
                asked = [pool.submit(jobs, database) for _ in range(10)]
                errors = [each.exception() for each in asked]
            assert time.monotonic() - began < 2 * SOON
    assert {type(each) for each in errors} == {DatabaseAwayError}
    assert not any("127.0.0.1" in str(each) or "annika" in str(each) for each in errors)


def test_what_does_not_pass_is_told_as_such_and_without_an_address(postgres: str) -> None:
    with Database(postgres) as database, database.begin("jobs") as connection:
        connection.execute(text("CREATE ROLE poor LOGIN"))
    poor = postgres.replace("reelfind@", "poor@")
    assert poor != postgres
    with Database(poor) as database, pytest.raises(DatabaseError) as told:
        add_job(database, "two")
    assert not isinstance(told.value, DatabaseAwayError)
    assert "poor" not in str(told.value)
    assert "permission denied" in told.value.__notes__[0]
