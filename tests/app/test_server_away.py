"""A Qdrant server that is away, as a search tells it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.api import create_api
from app.runtime import Runtime
from indexer.catalogue import Catalogue
from indexer.sections import StoreSettings
from indexer.settings import Settings


@pytest.fixture
def url() -> str:
    """The address of a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def runtime(tmp_path: Path, url: str) -> Iterator[Runtime]:
    Catalogue(tmp_path).prepare("lite")
    runtime = Runtime(tmp_path, Settings(qdrant_url=url, store=StoreSettings(patience=0)))
    yield runtime
    runtime.close()


def test_a_search_says_so_in_one_line_and_when_to_come_back(runtime: Runtime, url: str) -> None:
    answer = TestClient(create_api(lambda: runtime)).post("/v1/search", json={})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(f"{url}: no usable answer from a Qdrant server")
    assert "\n" not in answer.json()["detail"]


def test_the_state_says_so(
    runtime: Runtime, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Catalogue, "manifests", lambda _: [object()])
    state = runtime.state()
    assert state.kind == "broken"
    assert state.message.startswith(f"{url}: no usable answer")
