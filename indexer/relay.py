"""Hands films of an object store to libav and ffmpeg, at an address of this machine.

What they ask for is read in ranges, as ``indexer.object_store`` does. A signed address of the store
itself would stand in the list of processes, could expire within a film, and leaves it to ffmpeg
whether a broken connection is repeated or taken for the end of the film.
"""

import errno
import re
import secrets
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import quote, urlsplit

from indexer.errors import BrokenReadError
from indexer.object_store import ObjectReader, reader
from indexer.remote_path import RemotePath

SMALLEST, LARGEST = 2**18, 2**23
"""Bytes of one request to the store: few after each seek, then twice as many each time."""

FAILED = 10.0
"""Seconds after a failure in which a film is not asked for: libav looks for its data elsewhere in
it, again and again."""

LOCAL, RELAYED = "file", "http,tcp"
"""What libav may open: a file, or an address of this machine."""


@dataclass
class _Film:
    path: RemotePath
    failures: deque[tuple[float, OSError]] = field(default_factory=lambda: deque(maxlen=100))
    paused_until: float = 0.0


class Relay:
    """Serves films on the loopback interface, each at a path that nobody can guess."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._films: dict[str, _Film] = {}
        self._tokens: dict[RemotePath, str] = {}
        films = self._films

        class Handler(_Handler):
            served = films

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, name="relay", daemon=True).start()

    def address(self, path: RemotePath) -> str:
        """Return where a film can be read; its name is kept, which some formats are known by."""
        with self._lock:
            token = self._tokens.setdefault(path, secrets.token_urlsafe(16))
            self._films.setdefault(token, _Film(path))
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/{token}/{quote(path.name)}"

    def failure(self, address: str, since: float) -> BrokenReadError | None:
        """Return why reading a film broke off, if it did since a time of ``time.monotonic``."""
        film = self._films.get(urlsplit(address).path.split("/")[1])
        found = [error for when, error in film.failures if when >= since] if film else []
        if film is None or not found:
            return None
        return BrokenReadError(
            f"{film.path}: could not be read to its end ({found[0].strerror}); try again later"
        )


class _Handler(BaseHTTPRequestHandler):
    served: dict[str, _Film]

    def do_GET(self) -> None:
        """Send a film from the first byte that is asked for, until the client has enough."""
        film = self.served.get(self.path.split("/")[1])
        if film is None:
            self.send_error(404)
            return
        began = time.monotonic()
        if began < film.paused_until:
            film.failures.append((began, film.failures[-1][1]))
            self.send_error(503)
            return
        try:
            with reader(film.path.name_in_store) as opened:
                self._send(opened)
        except ConnectionError:
            pass  # The client has enough.
        except OSError as error:
            film.failures.append((time.monotonic(), error))
            if error.errno == errno.EIO:  # Other answers of the store are quick.
                film.paused_until = time.monotonic() + FAILED
            self.close_connection = True

    def _send(self, opened: ObjectReader) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
        first = int(asked[1]) if asked else 0
        end = min(opened.size, int(asked[2]) + 1) if asked and asked[2] else opened.size
        if first >= end:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{opened.size}")
            self.end_headers()
            return
        self.send_response(206)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(end - first))
        self.send_header("Content-Range", f"bytes {first}-{end - 1}/{opened.size}")
        self.end_headers()
        opened.seek(first)
        at_once = SMALLEST
        while first < end:
            part = opened.read(min(at_once, end - first))
            if not part:
                raise OSError(errno.EIO, "it ends too early")
            self.wfile.write(part)
            first, at_once = first + len(part), min(LARGEST, 2 * at_once)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@cache
def _relay() -> Relay:
    return Relay()


def film_address(path: Path) -> tuple[str, str]:
    """Return what libav opens to read a film, and by which protocols it may do so."""
    if isinstance(path, RemotePath):
        return _relay().address(path), RELAYED
    return str(path), LOCAL


def check_reads(addresses: Iterable[str | bytes], since: float) -> None:
    """Check that films could be read as far as they were asked for.

    Without it, a film whose store went away would be taken for one that ends there.

    Args:
        addresses: words of a command, or what ``film_address`` returned.
        since: ``time.monotonic`` when reading began.

    Raises:
        BrokenReadError: one could not.
    """
    for address in addresses:
        if isinstance(address, str) and address.startswith("http://127.0.0.1:"):
            failure = _relay().failure(address, since)
            if failure is not None:
                raise failure
