"""The door of the whole server: its names, the sign-in page, and the cookie it gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.access.door import Door, is_guarded
from app.access.guard import Guard
from app.access.keys import KeyStore, Scope
from app.access.sessions import COOKIE, Sessions
from app.database.engine import DATABASE, Database
from indexer.settings import Settings


def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("the pages")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("the pages live")
    await socket.close()


def server(door: Door) -> TestClient:
    routes = [
        Mount("/api", Starlette(routes=[Route("/any", page)])),
        WebSocketRoute("/_stcore/stream", stream),
        Route("/{rest:path}", page),
    ]
    return TestClient(
        Guard(Starlette(routes=routes), door),
        base_url="http://localhost:8501",
        follow_redirects=False,
    )


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[dict[bool, Door]]:
    made = {guarded: Door(tmp_path, Settings(), guarded=guarded) for guarded in (True, False)}
    yield made
    for door in made.values():
        door.close()


def key(data: Path, scope: Scope) -> str:
    with Database(data / DATABASE) as database:
        store = KeyStore(database)
        return store.make(scope, scope)[0]


def test_this_machine_needs_no_key(doors: dict[bool, Door]) -> None:
    client = server(doors[False])
    assert client.get("/").text == "the pages"
    with client.websocket_connect("ws://localhost:8501/_stcore/stream") as socket:
        assert socket.receive_text() == "the pages live"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("localhost:8501", 200), ("127.0.0.1", 200), ("[::1]:8501", 200), ("[::1]", 200)),
        *(("evil.example", 400), ("localhost.evil.example:8501", 400), ("", 400)),
    ],
)
def test_a_foreign_name_for_this_machine_is_refused(
    doors: dict[bool, Door], host: str, status: int
) -> None:
    client = server(doors[False])
    for path in ("/", "/api/any"):
        assert client.get(path, headers={"Host": host}).status_code == status


def test_a_name_in_the_settings_is_answered_to(tmp_path: Path) -> None:
    door = Door(tmp_path, Settings(server={"names": ["Films.example"]}), guarded=False)
    assert server(door).get("/", headers={"Host": "films.example:80"}).status_code == 200


def test_pages_are_closed_until_somebody_signs_in(doors: dict[bool, Door], tmp_path: Path) -> None:
    client = server(doors[True])
    asked = client.get("/", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in")
    for path in ("/static/app.js", "/api", "/apis/any", "/_stcore/health"):
        assert client.get(path).status_code == 401, path
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("ws://localhost:8501/_stcore/stream"),
    ):
        pass
    assert refused.value.code == 1008
    assert client.get("/api/any").text == "the pages", "the API checks its own callers"
    form = client.get("/sign-in")
    assert form.status_code == 200
    assert "script" not in form.text

    signed = client.post("/sign-in", data={"key": key(tmp_path, "write")})
    assert (signed.status_code, signed.headers["location"]) == (303, "/")
    cookie = signed.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/").text == "the pages"
    with client.websocket_connect("ws://localhost:8501/_stcore/stream") as socket:
        assert socket.receive_text() == "the pages live"

    with Database(tmp_path / DATABASE) as database:
        store = KeyStore(database)
        store.revoke("write")
    assert client.get("/").status_code == 401


def test_signing_out_ends_it(doors: dict[bool, Door], tmp_path: Path) -> None:
    client = server(doors[True])
    client.post("/sign-in", data={"key": key(tmp_path, "admin")})
    assert client.get("/").status_code == 200
    client.get("/sign-out")
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [("wrong", 401, "not known"), ("", 401, "not known"), ("x" * 5000, 413, "not a key")],
)
def test_a_wrong_key_is_told_on_the_page(
    doors: dict[bool, Door], given: str, status: int, said: str
) -> None:
    answer = server(doors[True]).post("/sign-in", data={"key": given})
    assert answer.status_code == status
    assert said in answer.text
    assert "set-cookie" not in answer.headers


def test_a_key_that_only_reads_does_not_open_the_pages(
    doors: dict[bool, Door], tmp_path: Path
) -> None:
    answer = server(doors[True]).post("/sign-in", data={"key": key(tmp_path, "read")})
    assert answer.status_code == 403
    assert COOKIE not in answer.cookies


def test_a_session_ends_and_is_not_forged() -> None:
    sessions = Sessions(1)
    token = sessions.open("abcd")
    assert sessions.read(token) == "abcd"
    assert sessions.read(token.replace("abcd", "abce")) is None
    assert Sessions(1).read(token) is None
    for broken in ("", ".", "..", "a.b.c", "abcd.é.ü", token[:-1]):
        assert sessions.read(broken) is None
    ended = Sessions(-1)
    assert ended.read(ended.open("abcd")) is None


@pytest.mark.parametrize(
    ("host", "guarded"),
    [
        *(("127.0.0.1", False), ("127.8.8.8", False), ("::1", False), ("localhost", False)),
        *(("0.0.0.0", True), ("::", True), ("192.168.1.9", True), ("films.example", True)),
    ],
)
def test_keys_are_needed_by_whoever_comes_from_elsewhere(host: str, guarded: bool) -> None:
    assert is_guarded(host, Settings()) is guarded
    assert is_guarded(host, Settings(server={"keys": "always"}))
    assert not is_guarded(host, Settings(server={"keys": "never"}))
