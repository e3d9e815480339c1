"""What a careless or hostile client sends: refused in words, and nobody else has to wait."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.runtime import Runtime
from indexer.settings import load_settings
from tests.app.api.conftest import client_of, listening, server_of

SMALL = 4096
BODY_SECONDS = 0.5


def test_a_huge_body_is_refused_before_it_is_read(runtime: Runtime) -> None:
    client = client_of(runtime, largest_body=SMALL)
    read = 0

    def endless() -> Any:
        nonlocal read
        while read < 100 * SMALL:
            read += 1024
            yield b" " * 1024

    announced = client.post("/api/v1/search", content=b" " * (SMALL + 1), headers=JSON)
    counted = client.post("/api/v1/search", content=endless(), headers=JSON)
    for answer in (announced, counted):
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert "4,096 bytes" in answer.json()["detail"]
        assert answer.headers["x-request-id"]


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        *(b"[" * 100_000, b'{"q":' * 50_000, b'{"q": "\xff\xfe"}', b"null", b"3", b'"q"', b"\x00"),
        *(b'{"limit": 1e400}', b'{"limit": ' + b"9" * 5000 + b"}", b'{"q": "\\ud800"}'),
    ],
)
def test_a_body_that_is_nonsense_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/search", content=body, headers=JSON)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_of_another_type_is_not_taken_for_json(client: TestClient) -> None:
    # A page of another site may send this without being asked whether it may.
    body = b'{"labels": [{"task": "tone"}]}'
    answer = client.post("/api/v1/labels", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=10-5", 400),
        ("bytes=abc", 400),
        ("bytes=", 400),
        ("bytes=99999999999999999999-", 400),
        ("bytes=999999999999999-", 416),
        ("bytes=0-9,999999999999999-", 416),
        ("bytes=-0", 416),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(0, 4000, 2)), 400),
    ],
)
def test_bad_and_endless_ranges_are_refused(
    client: TestClient, runtime: Runtime, asked: str, status: int
) -> None:
    title = runtime.titles()[0]
    answer = client.get(f"/api/v1/media/{title.title_id}", headers={"Range": asked})
    assert answer.status_code == status, answer.text[:200]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 10_000


@pytest.mark.parametrize(
    "path",
    [
        "media/../../../../etc/passwd",
        "media/..%2f..%2f..%2fetc%2fpasswd",
        "media/%2fetc%2fpasswd",
        "titles/..%2f..%2freelfind.db",
        "titles/%2e%2e/shots",
        "titles/....%2f%2f....%2f%2fetc/clips",
        "stills/..%2f..%2freelfind.db",
        "clips/%00/neighbours",
    ],
)
def test_no_address_leads_out_of_the_catalogue(runtime: Runtime, path: str) -> None:
    with listening(server_of(runtime)) as (host, port):
        answer = raw(host, port, f"GET /api/v1/{path} HTTP/1.1\r\nHost: a\r\n\r\n")
    status = int(answer.split()[1])
    assert status in {400, 404, 422}, answer[:300]
    assert b"root:" not in answer
    assert b"SQLite format" not in answer


def raw(host: str, port: int, text: str) -> bytes:
    """Send bytes as they are, and return the answer's first part."""
    with socket.create_connection((host, port), timeout=20) as wire:
        wire.sendall(text.encode())
        return wire.recv(65_536)


def test_a_client_that_hangs_is_let_go_and_holds_up_nobody(runtime: Runtime) -> None:
    app = server_of(runtime, body_seconds=BODY_SECONDS)
    promise = "POST /api/v1/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    promise += "Content-Length: 1000\r\n\r\n{"
    with listening(app) as (host, port):
        hanging = [socket.create_connection((host, port), timeout=20) for _ in range(60)]
        for wire in hanging[:30]:
            wire.sendall(promise.encode())
        for wire in hanging[30:]:
            wire.sendall(b"GET /api/v1/titles HT")
        began = time.monotonic()
        assert httpx.get(f"http://{host}:{port}/api/v1/titles", timeout=20).is_success
        assert time.monotonic() - began < 5
        for wire in hanging[:30]:
            told = wire.recv(65_536)
            assert b" 408 " in told.splitlines()[0]
            assert b"application/problem+json" in told
        for wire in hanging:
            wire.close()


def test_a_client_that_never_reads_its_film_holds_up_nobody(runtime: Runtime) -> None:
    title = runtime.titles()[0].title_id
    with listening(server_of(runtime)) as (host, port):
        wires = [socket.create_connection((host, port), timeout=20) for _ in range(50)]
        for wire in wires:
            wire.sendall(f"GET /api/v1/media/{title} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert httpx.get(f"http://{host}:{port}/api/v1/titles", timeout=20).is_success
        for wire in wires:
            wire.close()


def test_many_at_once_are_all_answered(runtime: Runtime) -> None:
    statuses: list[int] = []
    with listening(server_of(runtime)) as (host, port):

        def ask() -> None:
            with httpx.Client(base_url=f"http://{host}:{port}", timeout=60) as client:
                statuses.extend(
                    client.get("/api/v1/search", params={"limit": n + 1}).status_code
                    for n in range(5)
                )

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [200] * 80


def test_only_films_of_the_catalogue_are_read(tmp_path: Path, runtime: Runtime) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"not yours")
    client = client_of(Runtime(tmp_path, load_settings(tmp_path)))
    for path in (secret.name, secret.stem, str(secret).strip("/").replace("/", "%2f")):
        assert client.get(f"/api/v1/media/{path}").status_code in {404, 422}
