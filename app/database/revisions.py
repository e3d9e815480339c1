"""Migrates a database to the tables of this Reelfind, by Alembic."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from indexer.errors import ReelfindError

REVISION = "0008"
"""The newest of ``migrations/versions``: what the tables of ``tables.py`` are."""
MIGRATIONS = Path(__file__).parent / "migrations"

PATIENCE = 60
"""Seconds to wait for another process that brings a database up to date."""

_LOCK = 0x7265656C
"""Any number that no other program takes for an advisory lock."""


def bring_up_to_date(reading: Engine, writing: Engine, name: str) -> None:
    """Migrate a database to the tables of this Reelfind; its content stays.

    Args:
        reading: begins transactions that read.
        writing: begins transactions that write.
        name: of the database in messages.

    Raises:
        ReelfindError: a newer Reelfind made it.
        SQLAlchemyError: it cannot be read or written.
    """
    with reading.begin() as connection:
        if _revision(connection) == REVISION:
            return
    with writing.begin() as connection:
        if connection.dialect.name == "postgresql":
            # The timeouts of requests do not apply: a migration runs once.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE * 1000}"))
            # SQLite's write transactions exclude each other already.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _revision(connection)
        if found != REVISION:
            _upgrade(connection, found, name)


def _revision(connection: Connection) -> str | None:
    """Return the revision of a database; None if it is empty, or older than migrations."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, found: str | None, name: str) -> None:
    # Imported here: it takes longer to load than most commands run, and is rarely needed.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    # Alembic reads a percent sign as the start of a name.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    if found is not None and found not in known:
        raise ReelfindError(
            f"{name}: a newer Reelfind made it (revision {found}, this one knows up to "
            f"{REVISION}); update Reelfind, or restore a backup from before"
        )
    command.upgrade(config, REVISION)
