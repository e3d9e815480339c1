"""The server that runs over a data directory: where it is, for other processes to ask."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import httpx

from encoder.atomic import write_text
from indexer.errors import InUseError, ReelfindError
from indexer.store.lock import DirectoryLock

if TYPE_CHECKING:
    from app.remote import Client

Answer = TypeVar("Answer")

FILE = "server.json"
LOCK = "server.lock"
"""Who serves holds it; jobs of the server take the index's own."""


@dataclass(frozen=True)
class RunningServer:
    """Where a server answers, and the key of its own machine."""

    address: str
    key: str


@contextmanager
def owned(data: Path) -> Iterator[None]:
    """Be the one server over ``data``, which is made if it is not there.

    Two servers would each take the other's jobs for those of a process that died.

    Raises:
        ReelfindError: another server runs over it, or it cannot be written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReelfindError(
            f"{data}: cannot be made ({error.strerror}); choose another folder with --data"
        ) from error
    try:
        lock = DirectoryLock(data, LOCK)
    except InUseError as error:
        first = running_server(data)
        where = f"at {first.address}" if first else "and is starting"
        raise ReelfindError(
            f"{data}: another server runs over this folder, {where}; use it, or stop it first"
        ) from error
    try:
        # What a process that died has left behind.
        withdraw(data)
        yield
    finally:
        lock.release()


def announce(data: Path, address: str, key: str = "") -> None:
    """Note that a server over ``data`` answers at ``address``, and to which key.

    The file is its owner's alone to read: the key allows everything while the server runs.
    """
    write_text(data / FILE, json.dumps({"address": address, "key": key}), mode=0o600)


def withdraw(data: Path) -> None:
    """Note that no server runs over ``data`` any more."""
    (data / FILE).unlink(missing_ok=True)


def running_server(data: Path) -> RunningServer | None:
    """Return the server that said it runs over ``data``; it may have died without a word."""
    try:
        about = json.loads((data / FILE).read_text(encoding="utf-8"))
        return RunningServer(str(about["address"]), str(about.get("key", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ask_server(data: Path, ask: Callable[["Client"], Answer]) -> Answer | None:
    """Return what ``ask`` gets from the server over ``data``; None where no server answers.

    Raises:
        ReelfindError: the server refuses or fails, and why.
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
