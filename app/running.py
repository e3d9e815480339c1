"""The server that runs over a data directory: where it is, for other processes to ask."""

import json
from pathlib import Path

import httpx

from app.results import SearchRequest, SearchResponse
from indexer.errors import ReelfindError
from indexer.stages.base import write_atomically

FILE = "server.json"
PATIENCE = 60.0
"""Seconds that an answer is waited for: the first search loads the networks."""


def announce(data: Path, address: str) -> None:
    """Note that a server over ``data`` answers at ``address``."""
    write_atomically(data / FILE, json.dumps({"address": address}))


def withdraw(data: Path) -> None:
    """Note that no server runs over ``data`` any more."""
    (data / FILE).unlink(missing_ok=True)


def ask_server(data: Path, request: SearchRequest) -> SearchResponse | None:
    """Return the answer of the server that owns ``data``, or None if there is no such server.

    Raises:
        ReelfindError: it is there and cannot answer, and why.
    """
    try:
        address = json.loads((data / FILE).read_text(encoding="utf-8"))["address"]
        answer = httpx.post(f"{address}/api/v1/search", json=request.model_dump(), timeout=PATIENCE)
    except (OSError, ValueError, KeyError, TypeError, httpx.HTTPError):
        return None
    if answer.is_success:
        return SearchResponse.model_validate_json(answer.content)
    raise ReelfindError(f"{address}: {_reason(answer)}")


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"answered {answer.status_code}; see the server's own output"
