"""A real Qdrant server: that of ``QDRANT_URL``, or the program ``qdrant``, started on loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

HERE = bool(os.environ.get("QDRANT_URL") or shutil.which("qdrant"))
"""Whether there is one."""
MISSING = (
    "no Qdrant server here: put the program `qdrant` of github.com/qdrant/qdrant/releases on the"
    " PATH, or set QDRANT_URL (and QDRANT_API_KEY); the tests ran on a stand-in"
)
PATIENCE = 30
"""Seconds until one that was started answers, at most."""


@contextmanager
def real_server() -> Iterator[str]:
    """Yield the address of the server; one that was started keeps its files until then only."""
    url = os.environ.get("QDRANT_URL")
    if url:
        yield url
        return
    program = shutil.which("qdrant")
    assert program is not None, MISSING
    with tempfile.TemporaryDirectory(prefix="rf-qdrant-") as folder:
        http, grpc = _free_ports(2)
        own = {
            "SERVICE__HOST": "127.0.0.1",
            "SERVICE__HTTP_PORT": str(http),
            "SERVICE__GRPC_PORT": str(grpc),
            "STORAGE__STORAGE_PATH": f"{folder}/storage",
            "STORAGE__SNAPSHOTS_PATH": f"{folder}/snapshots",
            "TELEMETRY_DISABLED": "true",
        }
        environment = os.environ | {f"QDRANT__{name}": value for name, value in own.items()}
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [program], cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            url = f"http://127.0.0.1:{http}"
            _wait_for(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"qdrant did not start: {log.read_bytes().decode(errors='replace')}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
