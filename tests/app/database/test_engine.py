"""Opening a database: what is made, what is refused, and what two writers at once may do."""

import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.database.engine import DATABASE, Database, DatabaseAwayError, DatabaseError
from app.database.tables import JOBS
from app.ui.shared import open_runtime, runtime_arguments
from indexer.sections import DatabaseSettings
from indexer.settings import Settings


def add_job(database: Database, identity: str) -> None:
    with database.begin("jobs") as connection:
        connection.execute(JOBS.insert().values(id=identity, created="", state="done", job=""))


def jobs(database: Database) -> list[str]:
    with database.read("jobs") as connection:
        return list(connection.scalars(select(JOBS.c.id).order_by(JOBS.c.id)))


def test_reading_makes_no_file_and_writing_does(tmp_path: Path) -> None:
    with Database.of(tmp_path / "data") as database:
        assert jobs(database) == []
        assert not (tmp_path / "data").exists()
        add_job(database, "one")
        assert jobs(database) == ["one"]
    connection = sqlite3.connect(tmp_path / "data" / DATABASE)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_what_a_reader_does_to_absent_tables_no_other_sees(tmp_path: Path) -> None:
    with Database.of(tmp_path) as database:
        with database.read("jobs") as connection:
            connection.execute(JOBS.insert().values(id="one", created="", state="done", job=""))
            assert jobs(database) == []
        assert jobs(database) == []


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
@pytest.mark.parametrize("writing", [True, False])
def test_only_its_owner_reads_it_also_where_others_could_before(
    tmp_path: Path, writing: bool
) -> None:
    file = tmp_path / DATABASE

    def rights() -> set[int]:
        return {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}

    with Database(file) as database:
        add_job(database, "one")
        assert rights() == {0o600}
    file.chmod(0o644)
    with Database(file) as database:
        assert jobs(database) == ["one"]
        if writing:
            add_job(database, "two")
        assert rights() == {0o600}


def test_a_transaction_is_written_as_a_whole_or_not_at_all(database: Database) -> None:
    add_job(database, "one")

    def fail_half_way() -> None:
        with database.begin("jobs") as connection:
            connection.execute(JOBS.insert().values(id="two", created="", state="done", job=""))
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    with pytest.raises(DatabaseError, match="jobs cannot be read or written") as told:
        add_job(database, "one")
    assert "\n" not in str(told.value)
    assert jobs(database) == ["one"]


def test_who_reads_and_then_writes_is_never_overtaken(tmp_path: Path) -> None:
    """Each with a database of its own, as processes have."""
    with Database(tmp_path / DATABASE) as database:
        add_job(database, "first")

    def add_next(_: int) -> None:
        with Database(tmp_path / DATABASE) as mine, mine.begin("jobs") as connection:
            known = connection.scalar(select(func.count()).select_from(JOBS))
            connection.execute(
                JOBS.insert().values(id=f"{known:03}", created="", state="done", job="")
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_next, range(40)))
    with Database(tmp_path / DATABASE) as database:
        assert jobs(database) == [*(f"{number:03}" for number in range(1, 41)), "first"]


def test_what_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database, but long enough to be one" * 9)
    told = r"reelfind\.db: jobs cannot be .*not a database.*backup"
    with Database(tmp_path / DATABASE) as database:
        with pytest.raises(DatabaseError, match=told) as read:
            jobs(database)
        with pytest.raises(DatabaseError, match=told):
            add_job(database, "one")
    assert "\n" not in str(read.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").touch()
    with (
        Database(tmp_path / "film.mp4" / DATABASE) as database,
        pytest.raises(DatabaseError, match="jobs cannot be read or written"),
    ):
        add_job(database, "one")


def test_settings_say_where_the_database_is(tmp_path: Path, postgres: str) -> None:
    settings = Settings(database=DatabaseSettings(url=SecretStr(postgres)))
    with Database.of(tmp_path, settings) as database:
        add_job(database, "one")
    with Database(postgres) as database:
        assert jobs(database) == ["one"]
    assert list(tmp_path.iterdir()) == []


def test_pages_open_the_database_of_the_server(tmp_path: Path) -> None:
    """They get the settings as text, in which an address is not to become stars."""
    url = f"sqlite:///{tmp_path}/elsewhere.db"
    settings = Settings(database=DatabaseSettings(url=SecretStr(url)))
    runtime = open_runtime(**runtime_arguments(tmp_path, settings))
    assert runtime.database.name == f"{tmp_path}/elsewhere.db"
    runtime.close()


def test_a_server_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://ann:secret@/reelfind?host={tmp_path}"
    with (
        Database(url) as database,
        pytest.raises(DatabaseAwayError, match="jobs cannot be read or written now") as told,
    ):
        jobs(database)
    assert "ann:" not in str(told.value)
    assert str(tmp_path) not in str(told.value)
    (note,) = told.value.__notes__
    assert "ann:***@" in note
    assert "secret" not in note
    assert "secret" not in repr(DatabaseSettings(url=SecretStr(url)))


@pytest.mark.parametrize(
    "url", ["nonsense://", "mysql://ann:secret@host/name", "sqlite://", "//ann:secret@host"]
)
def test_addresses_of_no_such_database_are_refused(url: str) -> None:
    with pytest.raises(DatabaseError, match=r"setting database\.url: .* write ") as told:
        Database(url)
    assert "secret" not in str(told.value)


def test_commands_do_not_wait_for_what_only_migrations_need(tmp_path: Path) -> None:
    with Database.of(tmp_path) as database:
        add_job(database, "one")
    code = (
        "import sys; from pathlib import Path; import app.cli.main; "
        "from app.auth.keys import KeyStore; from app.database.engine import Database; "
        f"print(KeyStore(Database.of(Path({str(tmp_path)!r}))).all()); "
        "print('alembic' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["[]", "False"]
