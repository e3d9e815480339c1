"""Databases of every age get the tables of this Reelfind, and keep what is in them."""

import multiprocessing
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.auth.keys import KeyStore
from app.database.engine import DATABASE, Database
from app.database.revisions import MIGRATIONS, REVISION
from app.database.tables import META
from app.jobs.store import JobStore
from app.labelling.store import LabelStore
from app.shortlists.records import Item
from app.shortlists.store import ShortlistStore
from indexer.errors import ReelfindError
from probes.labels.records import Label

# As Reelfind wrote them before there were migrations.
BEFORE_MIGRATIONS = """\
CREATE TABLE labels (
    task VARCHAR(200) NOT NULL, class VARCHAR(200) NOT NULL, title_id VARCHAR(200) NOT NULL,
    start DOUBLE NOT NULL, "end" DOUBLE NOT NULL, annotator VARCHAR(200) NOT NULL,
    value DOUBLE NOT NULL, date DATE NOT NULL,
    PRIMARY KEY (task, class, title_id, start, "end", annotator)
);
CREATE TABLE shortlists (
    shortlist_id VARCHAR(32) NOT NULL, "key" VARCHAR(200) NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (shortlist_id), UNIQUE ("key")
);
CREATE TABLE shortlist_revisions (
    shortlist_id VARCHAR(32) NOT NULL, version INTEGER NOT NULL, "before" INTEGER,
    name VARCHAR(200) NOT NULL, target_seconds DOUBLE, items JSON NOT NULL,
    author VARCHAR(200) NOT NULL, made DATETIME NOT NULL,
    PRIMARY KEY (shortlist_id, version)
);
INSERT INTO labels VALUES ('tone', 'sad', 'abc', 1.0, 2.0, 'ann', 1.0, '2026-01-31');
INSERT INTO shortlists VALUES ('f00d', 'teaser', 1);
INSERT INTO shortlist_revisions VALUES
    ('f00d', 1, NULL, 'Teaser', 30.0, '[]', 'ann', '2026-01-31 12:00:00.000000');
"""


def differences(database: Database) -> list[object]:
    with database.read("tables") as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, META))


def test_the_migrations_make_the_tables_that_the_code_has(database: Database) -> None:
    with database.begin("tables"):
        pass
    assert differences(database) == []


def test_the_newest_migration_is_the_one_that_the_code_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_a_database_from_before_the_migrations_keeps_what_it_has(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / DATABASE) as old:
        old.executescript(BEFORE_MIGRATIONS)
    old.close()
    with Database(tmp_path / DATABASE) as database:
        said = Label("tone", "sad", "abc", 1.0, 2.0, 1.0, "ann", date(2026, 1, 31))
        assert LabelStore(database).all() == [said]
        found = ShortlistStore(database).find("Teaser")
        assert (found.version, found.target_seconds) == (1, 30.0)
        assert KeyStore(database).all() == []
        assert differences(database) == []


def test_a_database_of_the_version_before_keeps_its_lists(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / DATABASE}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(text("INSERT INTO shortlists VALUES ('f00d', 'teaser', 1)"))
        item = '{"title_id": "abc", "start_frame": 3, "end_frame": 9, "note": "", "item_id": "1"}'
        connection.execute(
            text(
                "INSERT INTO shortlist_revisions "
                "VALUES ('f00d', 1, NULL, 'Teaser', NULL, :items, '', '2026-01-31 12:00:00')"
            ),
            {"items": f"[{item}]"},
        )
    engine.dispose()
    with Database(tmp_path / DATABASE) as database:
        found = ShortlistStore(database).find("Teaser")
        assert found.items == (Item("abc", 3, 9, "", "1"),)
        assert differences(database) == []


JOB = """{"id": "%s", "request": {"paths": ["/films"]}, "state": "%s",
    "created": "2026-01-31T12:00:00Z"}"""


def test_jobs_of_the_version_before_keep_how_they_ended(where: str | Path) -> None:
    url = f"sqlite:///{where}" if isinstance(where, Path) else where
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for number, state in enumerate(("done", "running", "waiting")):
            row = {"id": str(number), "job": JOB % (number, state)}
            made = f"VALUES (:id, '2026-01-31T12:0{number}:00+00:00', :job)"
            connection.execute(text(f"INSERT INTO jobs (id, created, job) {made}"), row)
        connection.execute(text("INSERT INTO jobs (id, created, job) VALUES ('x', '', 'broken')"))
    engine.dispose()
    with Database(where) as database:
        found = [(each.id, each.state) for each in JobStore(database).all()]
        assert found == [("0", "done"), ("1", "interrupted"), ("2", "interrupted")]
        assert differences(database) == []


def test_a_database_from_a_newer_reelfind_is_left_alone(where: str | Path) -> None:
    with Database(where) as database, database.begin("tables") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with (
        Database(where) as database,
        pytest.raises(ReelfindError, match=r"a newer Reelfind made it \(revision 9999, .* update"),
    ):
        LabelStore(database).all()


def test_processes_that_start_at_once_make_the_tables_once(where: str | Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_make_key, args=(where, name)) for name in "abcd"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    with Database(where) as database:
        assert sorted(key.name for key in KeyStore(database).all()) == list("abcd")


def _make_key(where: str | Path, name: str) -> None:
    with Database(where) as database:
        KeyStore(database).make(name, "read")
