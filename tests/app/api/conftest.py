"""The API over a catalogue that was really indexed."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from app.api import api_routes, create_api
from app.api.logs import make_logger
from app.auth.authenticator import Authenticator
from app.runtime import Runtime
from indexer.settings import Settings, load_settings
from tests.conftest import copy_data


@pytest.fixture(scope="session")
def runtime(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One for all tests of the API: whoever changes something puts it back."""
    data = copy_data(indexed_once, tmp_path_factory.mktemp("api") / "data")
    runtime = Runtime(data, load_settings(data))
    yield runtime
    runtime.close()


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    return client_of(runtime)


@pytest.fixture
def authenticator(runtime: Runtime) -> Iterator[Authenticator]:
    """An authenticator that asks for keys."""
    authenticator = Authenticator(runtime.catalogue.path, Settings(), guarded=True)
    yield authenticator
    authenticator.close()


def no_runtime() -> Runtime:
    """For what asks nothing of a catalogue."""
    raise AssertionError("this asks nothing of the catalogue")


@cache
def description() -> dict[str, Any]:
    """The description of the API; not to be changed."""
    made: dict[str, Any] = create_api(no_runtime).openapi()
    return made


def server_of(
    runtime: Runtime,
    authenticator: Authenticator | None = None,
    log: io.StringIO | None = None,
    **limits: Any,
) -> Starlette:
    """The API where the server puts it: mounted under /api."""
    settings = Settings(api=limits).api
    logger = make_logger("json", log or io.StringIO())
    return Starlette(
        routes=api_routes(create_api(lambda: runtime, authenticator, settings, logger))
    )


def client_of(
    runtime: Runtime, authenticator: Authenticator | None = None, **more: Any
) -> TestClient:
    """A client of the API without a network between."""
    return TestClient(server_of(runtime, authenticator, **more), raise_server_exceptions=False)


@contextmanager
def listening(app: ASGIApp) -> Iterator[tuple[str, int]]:
    """Serve ``app`` on a free port of this machine, as `reelfind serve` does."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="critical", access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[:2]
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()
