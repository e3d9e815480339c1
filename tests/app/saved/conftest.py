"""A receiver of webhooks that really listens."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Receiver:
    """What arrived, and the status that is answered; ``slow`` seconds pass before."""

    url: str = ""
    status: int = 200
    slow: float = 0.0
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.bodies) < count:
            assert time.monotonic() < deadline, f"{len(self.bodies)} messages arrived"
            time.sleep(0.02)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            time.sleep(received.slow)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            # Noted before the answer, since whoever has that may look at once.
            received.headers.append(
                {key.lower(): value for key, value in self.headers.items()} | {"path": self.path}
            )
            received.bodies.append(body)
            self.send_response(received.status)
            self.send_header("Location", f"{received.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield received
    http.shutdown()
    http.server_close()
    thread.join()
