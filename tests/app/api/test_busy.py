"""Slow requests have slots of their own: a caller that finds none is told to come back."""

import base64
import io
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from app.api import watching
from app.auth.authenticator import Authenticator
from app.auth.keys import KeyStore
from app.database.engine import Database
from app.records import SearchResponse
from app.runtime import Runtime
from app.search.searcher import Searcher
from app.states import CatalogueState
from tests.app.api.conftest import client_of, listening, server_of


@pytest.fixture
def still() -> str:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "green").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("route", ["search", "facets"])
def test_a_picture_without_a_slot_is_answered_503(
    runtime: Runtime, still: str, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(runtime)
    bulkhead = runtime.examples.stills.bulkhead
    monkeypatch.setattr(bulkhead, "_patience", 0.01)
    with bulkhead.slot(), bulkhead.slot():
        answer = client.post(f"/api/v1/{route}", json={"still": still})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "too many pictures" in answer.json()["detail"]
        assert client.post(f"/api/v1/{route}", json={"q": "music"}).status_code == 200
    assert client.post(f"/api/v1/{route}", json={"still": still}).status_code == 200


def test_searches_go_on_while_a_picture_is_read(
    runtime: Runtime, still: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(runtime)
    reading, go_on = threading.Event(), threading.Event()
    read = runtime.examples.stills.read

    def slow(encoded: str) -> object:
        reading.set()
        assert go_on.wait(60)
        return read(encoded)

    monkeypatch.setattr(runtime.examples.stills, "read", slow)
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(client.post("/api/v1/search", json={"still": still}).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    assert reading.wait(60)
    assert client.get("/api/v1/search", params={"q": "music"}).status_code == 200
    assert client.get("/api/v1/facets").status_code == 200
    assert not statuses
    go_on.set()
    thread.join(60)
    assert statuses == [200]


def test_too_many_searches_are_answered_503_and_nothing_else_waits(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    run = Searcher.run

    def slow(*asked: Any) -> SearchResponse:
        assert go_on.wait(60)
        return run(*asked)

    monkeypatch.setattr(Searcher, "run", slow)
    app = server_of(runtime, at_once=2, waiting=3, patience=60)
    with listening(app) as (host, port), httpx.Client(timeout=60) as client:
        address = f"http://{host}:{port}/api"
        assert client.get(f"{address}/healthz").json()["catalogue"]["kind"] == "ready"
        with ThreadPoolExecutor(45) as pool:
            # No search comes to an end before the event is set.
            try:
                asked = [
                    pool.submit(httpx.get, f"{address}/v1/search?q=music", timeout=60)
                    for _ in range(45)
                ]
                # Two are worked on, three wait, and the others are told to come back.
                refused = [each.result() for each in islice(as_completed(asked), 40)]
                assert {each.status_code for each in refused} == {503}
                assert all(int(each.headers["Retry-After"]) > 0 for each in refused)
                assert "too much to do" in refused[0].json()["detail"]
                for path in ("healthz", "readyz", "v1/labels", "v1/shortlists", "metrics"):
                    assert client.get(f"{address}/{path}").status_code == 200, path
                health = client.get(f"{address}/healthz")
                assert health.json()["catalogue"]["kind"] == "ready"
                assert health.elapsed.total_seconds() < 1
            finally:
                go_on.set()
            assert [each.result().status_code for each in asked].count(200) == 5


def test_health_does_not_wait_for_the_state_of_the_catalogue(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a store that is away: what was known last stands in."""
    monkeypatch.setattr(watching, "FIRST", 0.05)
    go_on = threading.Event()
    state = runtime.state()

    def slow() -> CatalogueState:
        assert go_on.wait(60)
        return state

    with listening(server_of(runtime)) as (host, port), httpx.Client(timeout=60) as client:
        address = f"http://{host}:{port}/api"
        monkeypatch.setattr(runtime, "state", slow)
        assert client.get(f"{address}/healthz").json() == {"status": "ok", "catalogue": None}
        assert client.get(f"{address}/readyz").status_code == 503
        go_on.set()
        monkeypatch.setattr(watching, "FIRST", 60.0)
        assert client.get(f"{address}/healthz").json()["catalogue"]["kind"] == state.kind
        go_on.clear()
        assert client.get(f"{address}/healthz").json()["catalogue"]["kind"] == state.kind
        assert client.get(f"{address}/readyz").status_code == 200
        go_on.set()


@pytest.mark.parametrize("body", [b"[" * 50_000 + b"]" * 50_000, b'{"q":[' + b"1," * 60_000])
def test_a_body_of_too_many_values_is_refused_unread(runtime: Runtime, body: bytes) -> None:
    client = client_of(runtime, largest_json=40_000)
    answer = client.post(
        "/api/v1/search", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413
    assert "40,000 values" in answer.json()["detail"]


def test_a_database_that_is_away_is_answered_503_without_its_address(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Database(f"postgresql://annika:secret@/reelfind?host={tmp_path}")
    monkeypatch.setitem(runtime.__dict__, "database", away)
    client = client_of(runtime)
    for path in ("labels", "shortlists", "saved"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert not any(each in answer.text for each in ("annika", "secret", str(tmp_path)))
    assert client.get("/api/healthz").json()["catalogue"]["kind"] == "ready"
    assert client.get("/api/v1/search").status_code == 200


def test_a_locked_database_holds_up_neither_health_nor_searches(
    runtime: Runtime, authenticator: Authenticator
) -> None:
    """A key is looked up in the database: health goes without, after a second at most."""
    text, made = KeyStore(runtime.database).make("reader", "read")
    with (
        listening(server_of(runtime, authenticator)) as (host, port),
        httpx.Client(timeout=60) as client,
    ):
        address = f"http://{host}:{port}/api"
        headers = {"Authorization": f"Bearer {text}"}
        assert client.get(f"{address}/healthz", headers=headers).json()["catalogue"]
        hanging = threading.Event()
        waits = authenticator._keys.find

        def slow(key: str) -> object:
            assert hanging.wait(60)
            return waits(key)

        authenticator._keys.find = slow  # type: ignore[method-assign, assignment]
        # One client, since each has certificates of its own to read, in the server's interpreter.
        crowd = httpx.Client(headers=headers, timeout=60, limits=httpx.Limits(max_connections=60))
        with crowd, ThreadPoolExecutor(60) as pool:
            asked = [pool.submit(crowd.get, f"{address}/v1/labels") for _ in range(60)]
            try:
                for _ in range(5):
                    answer = client.get(f"{address}/healthz")
                    assert answer.is_success
                    assert answer.elapsed.total_seconds() < 1
                known = client.get(f"{address}/healthz", headers=headers)
                assert known.json() == {"status": "ok", "catalogue": None}
            finally:
                hanging.set()
            statuses = {each.result().status_code for each in asked}
        assert statuses <= {200, 503}
    KeyStore(runtime.database).revoke(made.key_id)
