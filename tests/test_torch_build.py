"""Setup takes the build of torch that fits the machine, and waits for no index that is away."""

import os
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import torch_build
from tests.torch_build import FOR_CPUS, choose, index_answers, main, requirement


@contextmanager
def serving(status: int, wait: float = 0) -> Iterator[str]:
    """Serve an index that answers with a status, after some seconds."""
    leave = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            leave.wait(wait)
            self.send_response(status if self.path == "/whl/cpu/torch/" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/whl/cpu"
    finally:
        leave.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("asked", "system", "has_gpu", "answers", "index", "said"),
    [
        ("auto", "Linux", False, True, FOR_CPUS, "200 MB"),
        ("auto", "Linux", False, False, "", "does not answer"),
        ("auto", "Linux", True, False, "", "CUDA"),
        ("auto", "Darwin", False, False, "", "200 MB"),
        ("auto", "Windows", False, False, "", "200 MB"),
        (
            "https://mirror.example/torch",
            "Linux",
            True,
            True,
            "https://mirror.example/torch",
            "says",
        ),
        ("", "Linux", False, True, "", "pip"),
    ],
)
def test_the_build_that_fits(
    asked: str, system: str, has_gpu: bool, answers: bool, index: str, said: str
) -> None:
    found, message = choose(asked, system, has_gpu, answers)
    assert found == index
    assert said in message


@pytest.mark.parametrize(("status", "answers"), [(200, True), (404, False), (503, False)])
def test_an_index_is_asked_for_torch(status: int, answers: bool) -> None:
    with serving(status) as address:
        assert index_answers(address) is answers


def test_what_answers_in_another_protocol_is_passed_over() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Greeter) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert not index_answers(f"http://127.0.0.1:{server.server_address[1]}/whl/cpu")


class Greeter(socketserver.BaseRequestHandler):
    """Says something that is not HTTP."""

    def handle(self) -> None:
        self.request.recv(4096)
        self.request.sendall(b"220 ready\r\n\r\n")


def test_an_index_that_is_away_or_slow_is_passed_over() -> None:
    assert not index_answers("http://127.0.0.1:9/whl/cpu")
    began = time.monotonic()
    with serving(200, wait=60) as address:
        assert not index_answers(address, wait=0.2)
    assert time.monotonic() - began < 30


@pytest.mark.skipif(os.name == "nt", reason="a script is no program there")
@pytest.mark.parametrize(("status", "where"), [(200, True), (503, False)])
def test_pip_is_given_the_index_that_answers(
    status: int, where: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@" > "$(dirname "$0")/asked"\nexit 3\n')
    python.chmod(0o755)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr(torch_build, "has_nvidia_gpu", lambda: False)
    with serving(status) as address:
        monkeypatch.setattr(torch_build, "FOR_CPUS", address)
        assert main(str(python)) == 3
        asked = (tmp_path / "asked").read_text()
    assert (f"--index-url {address}" in asked) is where
    assert asked.rstrip().endswith(requirement())
