"""Turns that one server of several has: who has one, and what becomes of it when it dies."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import text

from app.database.engine import Database
from app.database.sharing import Turn
from app.database.turns import IndexWriter, Taking, catalogue_of, holder_of
from app.jobs.queue import JobQueue
from app.jobs.records import JobRequest
from app.jobs.watching import Watcher
from indexer.errors import InUseError
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.request import Request
from indexer.settings import Settings
from indexer.status import running
from indexer.titles import Titles


@pytest.fixture
def servers(postgres: str) -> Iterator[tuple[Database, Database]]:
    with Database(postgres) as first, Database(postgres) as second:
        yield first, second


Take = Callable[[Database, Turn], Taking]


@pytest.fixture
def taking() -> Iterator[Take]:
    """Make takings, which are given back after the test."""
    with ExitStack() as stack:

        def make(database: Database, turn: Turn) -> Taking:
            made = Taking(database, turn)
            stack.callback(made.release)
            return made

        yield make


def kill(database: Database, turn: Turn) -> None:
    """Close the connection of whoever has a turn, as the system does when the process dies."""
    killing = text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks"
        " WHERE locktype = 'advisory' AND objid = :turn AND pid <> pg_backend_pid()"
    )
    with database.begin("turns") as connection:
        assert connection.scalar(killing, {"turn": int(turn)})


def test_one_has_a_turn_until_it_gives_it_back(
    servers: tuple[Database, Database], taking: Take
) -> None:
    first, second = (taking(each, Turn.WATCH_FOLDERS) for each in servers)
    assert [first.take(), first.take(), second.take()] == [True, True, False]
    assert taking(servers[1], Turn.NOTIFY_WEBHOOKS).take()
    first.release()
    first.release()
    assert [second.take(), first.take()] == [True, False]


def test_the_next_has_the_turn_of_one_that_died(
    servers: tuple[Database, Database], taking: Take
) -> None:
    first, second = (taking(each, Turn.WATCH_FOLDERS) for each in servers)
    assert first.take()
    kill(servers[1], Turn.WATCH_FOLDERS)
    assert [second.take(), first.take()] == [True, False]
    # As when the database was started again: whoever asks first has it.
    kill(servers[0], Turn.WATCH_FOLDERS)
    assert [second.take(), first.take()] == [True, False]


def test_without_postgresql_there_is_one_server(tmp_path: Path) -> None:
    with Database(tmp_path / "file.db") as database:
        assert Taking(database, Turn.WATCH_FOLDERS).take()
    assert list(tmp_path.iterdir()) == []


def test_nobody_has_a_turn_while_the_database_is_away(tmp_path: Path) -> None:
    with Database(f"postgresql://annika@/reelfind?host={tmp_path}") as database:
        assert not Taking(database, Turn.WATCH_FOLDERS).take()
        writer = IndexWriter(database, "data")
        assert not writer.is_taken()


def test_one_process_of_all_machines_writes_to_a_shared_index(
    servers: tuple[Database, Database], postgres: str, tmp_path: Path
) -> None:
    settings = Settings(qdrant_url="http://127.0.0.1:9", database={"url": postgres})
    first, second = (catalogue_of(tmp_path, settings, each) for each in servers)
    assert running(second) is None
    held = first.writer.take()
    holder = f"process {os.getpid()} on "
    assert str(holder_of(servers[1], Turn.WRITE_INDEX)).startswith(holder)
    with pytest.raises(InUseError, match=f"{holder}.* writes to the index"):
        second.writer.take()
    with pytest.raises(InUseError):
        Indexer(second, settings, Silence()).run(Request(rescore=True))
    status = running(second)
    assert status is not None
    assert status.stage == "starting"
    held.release()
    second.writer.take().release()


def test_one_server_watches_and_the_next_goes_on(
    servers: tuple[Database, Database], tmp_path: Path
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"film")
    asked: list[str] = []

    class Queue:
        def __init__(self, name: str) -> None:
            self._name = name

        def jobs(self) -> list[object]:
            return []

        def submit(self, request: JobRequest) -> None:
            asked.append(f"{self._name}: {request.paths[0].name}")

    watchers = [
        Watcher(
            (tmp_path,),
            lambda: Titles(None, None),
            partial(cast("Callable[[str], JobQueue]", Queue), name),
            turn=Taking(database, Turn.WATCH_FOLDERS),
        )
        for name, database in zip("ab", servers, strict=True)
    ]
    for _ in range(2):
        for watcher in watchers:
            watcher._look_and_rest()
    assert asked == ["a: a.mp4"]
    kill(servers[1], Turn.WATCH_FOLDERS)
    for _ in range(2):
        for watcher in reversed(watchers):
            watcher._look_and_rest()
    assert asked == ["a: a.mp4", "b: a.mp4"]
    for watcher in watchers:
        watcher.close()
