"""Rates: what one server counts, and what several count together."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from app.auth import limits
from app.auth.limits import SharedLimits, limits_of
from app.database.engine import Database
from app.database.tables import RATES
from indexer.errors import ReelfindError
from tests.app.jobs.conftest import until


def test_a_caller_waits_when_the_rate_is_reached(database: Database) -> None:
    counts = limits_of("3/hour", "requests", database)
    assert [counts.wait("ann") for _ in range(3)] == [0, 0, 0]
    assert 3590 < counts.wait("ann") <= 3600
    assert counts.wait("bob") == 0
    assert limits_of("3/hour", "wrong keys", database).wait("ann") == 0


def test_what_is_older_than_the_window_counts_no_more(database: Database) -> None:
    counts = limits_of("2/second", "requests", database)
    assert [counts.wait("ann") for _ in range(2)] == [0, 0]
    assert counts.wait("ann") == 1
    until(lambda: counts.wait("ann") == 0)


def test_a_rate_that_is_none_is_refused(database: Database) -> None:
    with pytest.raises(ReelfindError, match="write it as 600/minute"):
        limits_of("many", "requests", database)


def test_servers_that_count_at_once_let_through_no_more_than_one(postgres: str) -> None:
    with Database(postgres) as first, Database(postgres) as second:
        servers = [limits_of("50/hour", "requests", each) for each in (first, second)]
        with ThreadPoolExecutor(8) as pool:
            waits = list(pool.map(lambda number: servers[number % 2].wait("ann"), range(80)))
    assert waits.count(0) == 50


def test_counts_that_are_over_are_forgotten(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FORGET", 1)
    with Database(postgres) as database:
        counts = SharedLimits("5/hour", "requests", database)
        counts.wait("ann")
        with database.begin("rates") as connection:
            connection.execute(RATES.update().values(until=0.0))
        counts.wait("bob")
        with database.read("rates") as connection:
            assert connection.scalars(select(RATES.c.caller)).all() == ["requests:bob"]


def test_while_the_database_is_away_each_server_counts(tmp_path: Path) -> None:
    with Database(f"postgresql://ann@/reelfind?host={tmp_path}") as away:
        counts = limits_of("2/hour", "requests", away)
        assert [counts.wait("ann") > 0 for _ in range(3)] == [False, False, True]
