"""The server that runs over a data directory: where it is, for other processes to ask."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.records import SearchResponse
from app.search.request import SearchRequest
from indexer.errors import InUseError, ReelfindError
from indexer.store.lock import DirectoryLock

FILE = "server.json"
LOCK = "server.lock"
"""Who serves holds it; jobs of the server take the index's own."""
PATIENCE = 60.0
"""Seconds that an answer is waited for: the first search loads the networks."""


@dataclass(frozen=True)
class RunningServer:
    """Where a server answers, and the key of its own machine."""

    address: str
    key: str

    @property
    def api(self) -> str:
        """The start of the addresses of its API."""
        return f"{self.address}/api/v1"

    def client(self) -> httpx.Client:
        """Return a client of its API with the key of its machine, past any proxy."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.api, headers=headers, timeout=PATIENCE, trust_env=False)


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
    unfinished = data / f".{FILE}"
    unfinished.unlink(missing_ok=True)
    with open(unfinished, "x", opener=_private, encoding="utf-8") as file:
        json.dump({"address": address, "key": key}, file)
    unfinished.replace(data / FILE)


def withdraw(data: Path) -> None:
    """Note that no server runs over ``data`` any more."""
    (data / FILE).unlink(missing_ok=True)


def ask_server(data: Path, request: SearchRequest) -> SearchResponse | None:
    """Return the answer of the server that owns ``data``, or None if there is no such server.

    Raises:
        ReelfindError: it is there and cannot answer, and why.
    """
    server = running_server(data)
    if server is None:
        return None
    try:
        with server.client() as client:
            answer = client.post("/search", json=request.model_dump())
    except httpx.HTTPError:
        return None
    if answer.is_success:
        return SearchResponse.model_validate_json(answer.content)
    raise refusal(server, answer)


def running_server(data: Path) -> RunningServer | None:
    """Return the server that said it runs over ``data``; it may have died without a word."""
    try:
        about = json.loads((data / FILE).read_text(encoding="utf-8"))
        return RunningServer(str(about["address"]), str(about.get("key", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def refusal(server: RunningServer, answer: httpx.Response) -> ReelfindError:
    """Return the error that tells why a server refused."""
    return ReelfindError(f"{server.address}: {_reason(answer)}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"answered {answer.status_code}; see the server's own output"
