"""The server: the port it takes, how it stops, and the socket that it listens on."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.server import _config, _listen, serve
from indexer.errors import ReelfindError
from indexer.settings import Settings
from tests.app.browser.conftest import SERVE


def test_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    with (
        _listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()[:2]),
        listener.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ReelfindError, match=f"port {port}: in use; .* --port"):
            serve(tmp_path, Settings(), port=port)


@pytest.mark.parametrize(
    ("proxies", "peer", "seen"),
    [
        ([], "127.0.0.1", "http 127.0.0.1"),
        (["10.0.0.0/24"], "10.0.1.5", "http 10.0.1.5"),
        (["10.0.0.0/24"], "10.0.0.5", "https 203.0.113.9"),
        (["10.0.0.5"], "10.0.0.5", "https 203.0.113.9"),
    ],
)
def test_only_the_named_proxies_are_believed(proxies: list[str], peer: str, seen: str) -> None:
    def tell(request: Request) -> PlainTextResponse:
        assert request.client is not None
        return PlainTextResponse(f"{request.url.scheme} {request.client.host}")

    app = Starlette(routes=[Route("/", tell)])
    config = _config(app, Settings(server={"proxies": proxies}))
    config.load()
    client = TestClient(config.loaded_app, client=(peer, 1))
    # The first address is what the caller itself wrote.
    headers = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
    assert client.get("/", headers=headers).text == seen


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_sigterm_stops_the_server(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        assert "http://127.0.0.1:" in process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=20) == -signal.SIGTERM
