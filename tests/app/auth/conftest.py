"""A server with pages and an API, guarded and open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from app.auth.authenticator import Authenticator
from app.auth.guard import Guard
from indexer.settings import Settings


def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("the pages")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("the pages live")
    await socket.close()


def server(authenticator: Authenticator) -> TestClient:
    routes = [
        Mount("/api", Starlette(routes=[Route("/any", page, methods=["GET", "POST"])])),
        WebSocketRoute("/_stcore/stream", stream),
        Route("/{rest:path}", page, methods=["GET", "POST"]),
    ]
    return TestClient(
        Guard(Starlette(routes=routes), authenticator),
        base_url="http://localhost:8501",
        follow_redirects=False,
    )


@pytest.fixture
def authenticators(tmp_path: Path) -> Iterator[dict[bool, Authenticator]]:
    made = {
        guarded: Authenticator(tmp_path, Settings(), guarded=guarded) for guarded in (True, False)
    }
    yield made
    for authenticator in made.values():
        authenticator.close()
