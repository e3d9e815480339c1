"""Registers the server of a data directory, so that other processes can find it."""

import json
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import httpx

from encoder.atomic import remove_file, write_text
from indexer.errors import InUseError, ReelfindError
from indexer.store.lock import DirectoryLock

if TYPE_CHECKING:
    from app.remote import Client

Answer = TypeVar("Answer")

FILE = "server.json"
LOCK = "server.lock"
"""The server's lock; its jobs take the lock of the index."""


@dataclass(frozen=True)
class RunningServer:
    """The address of a running server, and the key for its own machine."""

    address: str
    key: str


@contextmanager
def owned(data: Path, has_replicas: bool = False) -> Iterator[None]:
    """Become the only server of ``data``, or one of several; the folder is created if missing.

    Over a SQLite file, two servers would each treat the other's jobs as those of a dead process.

    Raises:
        ReelfindError: it has another server, or cannot be written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReelfindError(
            f"{data}: cannot be made ({error.strerror}); choose another folder with --data"
        ) from error
    if has_replicas:
        yield
        return
    try:
        lock = DirectoryLock(data, LOCK)
    except InUseError as error:
        first = running_server(data)
        where = f"at {first.address}" if first else "and is starting"
        raise ReelfindError(
            f"{data}: another server runs over this folder, {where}; use it, or stop it first"
        ) from error
    try:
        # Left over from a process that died.
        withdraw(data)
        yield
    finally:
        lock.release()


def announce(data: Path, address: str, key: str = "", has_replicas: bool = False) -> None:
    """Write the address and the key of a server of ``data``.

    Only the owner can read the file: the key allows everything while the server runs. Of several
    servers, each machine's has a file of its own, since the address leads to it from there only.
    """
    file = data / (_file_of_host() if has_replicas else FILE)
    write_text(file, json.dumps({"address": address, "key": key}), mode=0o600)


def withdraw(data: Path, key: str | None = None) -> None:
    """Remove the registration of this machine's server of ``data``.

    With ``key``, one with another key stays: it is another server's.
    """
    for name in (_file_of_host(), FILE):
        found = _read(data / name)
        if key is None or (found is not None and found.key == key):
            remove_file(data / name)


def running_server(data: Path) -> RunningServer | None:
    """Return the server of ``data`` that is registered on this machine; it may have died since."""
    return _read(data / _file_of_host()) or _read(data / FILE)


def _read(file: Path) -> RunningServer | None:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        return RunningServer(str(about["address"]), str(about.get("key", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file_of_host() -> str:
    return f"server-{re.sub('[^A-Za-z0-9.-]', '-', platform.node())}.json"


def ask_server(data: Path, ask: Callable[["Client"], Answer]) -> Answer | None:
    """Return the result of ``ask`` on the server of ``data``; None if no server answers.

    Raises:
        ReelfindError: the server refuses or fails.
    """
    server = running_server(data)
    if server is None:
        return None
    from app.remote import ApiError, Client

    try:
        with Client(server.address, server.key) as client:
            return ask(client)
    except ApiError as error:
        raise ReelfindError(f"{server.address}: {error.detail}") from error
    except httpx.HTTPError:
        return None
