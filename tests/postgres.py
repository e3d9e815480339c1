"""Databases of both kinds: a file, and a PostgreSQL server of the tests' own where one is."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text

from app.database.engine import DATABASE, Database

_NUMBERS = count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a PostgreSQL server that listens on a socket of its own, and nowhere else."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None or os.name == "nt":  # It listens on a socket in a folder.
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    # PostgreSQL refuses to be root's.
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user["user"] = _user()
    with tempfile.TemporaryDirectory(prefix="rf-pg-") as folder:
        if as_user:
            os.chown(folder, as_user["user"], -1)
        files = Path(folder) / "files"
        control = [pg_ctl, "--pgdata", str(files), "--silent", "--wait"]
        made = ["--auth=trust", "--username=reelfind", "--no-sync"]
        usual: dict[str, Any] = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL}
        subprocess.run([initdb, "--pgdata", str(files), *made], **usual, **as_user)
        where = f"--listen_addresses= --unix_socket_directories={folder} --fsync=off"
        log = ["--log", str(Path(folder) / "log")]
        subprocess.run([*control, *log, "--options", where, "start"], **usual, **as_user)
        try:
            yield URL.create(
                "postgresql+psycopg",
                username="reelfind",
                database="postgres",
                query={"host": folder},
            )
        finally:
            subprocess.run([*control, "--mode=immediate", "stop"], **usual, **as_user)


def _program(name: str) -> str | None:
    """Return where a program of PostgreSQL is; Debian and Ubuntu keep them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    return shutil.which(name) or (str(found[-1]) if found else None)


def _version(program: Path) -> int:
    name = program.parent.parent.name
    return int(name) if name.isdecimal() else 0


def _user() -> int:
    import pwd  # Windows has no such module.

    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    pytest.skip("no user besides root to run PostgreSQL")


@pytest.fixture
def postgres(postgres_server: URL) -> str:
    """The address of an empty database."""
    name = f"empty{next(_NUMBERS)}"
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres_server.set(drivername="postgresql", database=name).render_as_string()


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where an empty database of each kind is."""
    if request.param == "sqlite":
        return tmp_path / DATABASE
    address: str = request.getfixturevalue("postgres")
    return address


@pytest.fixture
def database(where: str | Path) -> Iterator[Database]:
    with Database(where) as database:
        yield database
