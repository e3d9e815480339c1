"""The door of the whole server: its names, the sign-in page, and the cookie it gives."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.access.door import FAILURES, Door, RefusedError, is_guarded, is_own_machine
from app.access.guard import Guard
from app.access.headers import HEADERS, SafeHeaders
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
        Mount("/api", Starlette(routes=[Route("/any", page, methods=["GET", "POST"])])),
        WebSocketRoute("/_stcore/stream", stream),
        Route("/{rest:path}", page, methods=["GET", "POST"]),
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
    cookie = f"{COOKIE}={client.cookies[COOKIE]}"
    for site in ("cross-site", "same-site"):
        assert client.get("/sign-out", headers={"Sec-Fetch-Site": site}).status_code == 403
    client.get("/sign-out", headers={"Sec-Fetch-Site": "none"})
    assert client.get("/").status_code == 401
    assert client.get("/", headers={"Cookie": cookie}).status_code == 401, "also with a copy of it"


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


def test_a_key_that_never_arrives_is_not_waited_for(doors: dict[bool, Door]) -> None:
    guard = Guard(Starlette(), doors[True], seconds=0.05)
    scope = Request(
        {
            **{"type": "http", "method": "POST", "path": "/sign-in", "query_string": b""},
            **{"headers": [(b"host", b"localhost")], "scheme": "http", "server": ("localhost", 80)},
        }
    ).scope
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError("waited")

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(guard(scope, receive, send))
    assert sent[0]["status"] == 408


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_is_for_https_where_the_page_is(
    doors: dict[bool, Door], tmp_path: Path, secure: bool
) -> None:
    client = server(doors[True])
    client.base_url = f"http{'s' * secure}://localhost:8501"
    signed = client.post("/sign-in", data={"key": key(tmp_path, "write")})
    cookie = signed.headers["set-cookie"].lower()
    assert ("; secure" in cookie) is secure
    assert "httponly" in cookie


def test_digests_of_keys_are_compared_and_no_keys(
    doors: dict[bool, Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    door, compared = doors[True], list[str]()

    def compare(one: str, other: str) -> bool:
        compared.extend((one, other))
        return one == other

    monkeypatch.setattr("app.access.door.hmac.compare_digest", compare)
    assert door.caller_by_key(door.machine_key, "here").scope == "admin"
    with pytest.raises(RefusedError):
        door.caller_by_key("wrong", "here")
    assert compared
    assert {len(each) for each in compared} == {64}
    assert {door.machine_key, "wrong"}.isdisjoint(compared)


def test_wrong_keys_are_counted_by_the_network_of_their_caller(doors: dict[bool, Door]) -> None:
    door, allowed = doors[True], int(FAILURES.split("/")[0])

    def status(address: str) -> int:
        with pytest.raises(RefusedError) as refused:
            door.caller_by_key("wrong", address)
        return refused.value.status

    assert [status(f"2001:db8::{n:x}") for n in range(allowed + 1)] == [401] * allowed + [429]
    assert status("2001:db8:0:1::1") == status("192.0.2.1") == status("") == 401
    assert door.caller_by_key(door.machine_key, "2001:db8::1").name


SITE = "http://localhost:8501"


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"Origin": SITE}, False),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://localhost:3000"}, True),
        ({"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "http://127.0.0.1:8501"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://[", "Host": ""}, True),
        ({"Origin": "https://evil.example", "Authorization": "Bearer any"}, False),
    ],
)
def test_a_page_elsewhere_changes_nothing_of_an_open_server(
    doors: dict[bool, Door], headers: dict[str, str], foreign: bool
) -> None:
    client = server(doors[False])
    for path in ("/api/any", "/upload/film.mp4", "/sign-in"):
        refused = client.post(path, headers=headers).status_code in (400, 403)
        assert refused is foreign, path
        if "Host" not in headers:
            assert client.get(path, headers=headers).status_code == 200, path
    if "Host" in headers:
        return
    try:
        with client.websocket_connect(f"ws{SITE[4:]}/_stcore/stream", headers=headers) as socket:
            assert socket.receive_text() == "the pages live"
            assert not foreign
    except WebSocketDisconnect:
        assert foreign


def test_a_refusal_below_the_api_is_a_problem(doors: dict[bool, Door]) -> None:
    for headers, status in (
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 400),
    ):
        answer = server(doors[False]).post("/api/any", headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code == status


def test_other_sites_in_the_settings_call_the_api_and_no_pages(tmp_path: Path) -> None:
    settings = Settings(api={"origins": ["https://promo.example.org"]})
    client = server(Door(tmp_path, settings, guarded=False))
    headers = {"Origin": "https://promo.example.org", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/any", headers=headers).status_code == 200
    assert client.post("/upload/film.mp4", headers=headers).status_code == 403


def test_a_key_that_only_reads_does_not_open_the_pages(
    doors: dict[bool, Door], tmp_path: Path
) -> None:
    answer = server(doors[True]).post("/sign-in", data={"key": key(tmp_path, "read")})
    assert answer.status_code == 403
    assert COOKIE not in answer.cookies


def test_a_session_ends_and_is_not_forged() -> None:
    sessions = Sessions(1)
    token, other = sessions.open("abcd"), sessions.open("abcd")
    assert sessions.read(token) == "abcd"
    assert Sessions(1).read(token) is None
    for broken in ("", ".", "abcd.é.ü", token[:-1], f"{token}="):
        assert sessions.read(broken) is None
    sessions.close(token)
    assert sessions.read(token) is None
    assert sessions.read(other) == "abcd"
    sessions.close("nonsense")
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


def test_who_comes_by_a_proxy_comes_from_elsewhere() -> None:
    settings = Settings(server={"proxies": ["127.0.0.1", "10.0.0.0/24"]})
    assert is_guarded("127.0.0.1", settings)
    assert not is_own_machine("127.0.0.1", settings)
    open_to_all = Settings(server={"proxies": ["127.0.0.1"], "keys": "never"})
    assert not is_own_machine("127.0.0.1", open_to_all)
    assert is_own_machine("127.0.0.1", Settings())
    for wrong in ("*", "proxy", "10.0.0.1/8"):
        with pytest.raises(ValidationError):
            Settings(server={"proxies": [wrong]})


def test_every_answer_says_what_browsers_may_not_do_with_it() -> None:
    def own(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("own", headers={"Content-Security-Policy": "default-src 'none'"})

    def broken(_request: Request) -> PlainTextResponse:
        raise OSError

    app = SafeHeaders(Starlette(routes=[Route("/own", own), Route("/broken", broken)]))
    client = TestClient(app, raise_server_exceptions=False)
    for path, status in (("/own", 200), ("/nothing", 404), ("/broken", 500)):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["content-security-policy"] == (
            "default-src 'none'" if path == "/own" else HEADERS["Content-Security-Policy"]
        )
