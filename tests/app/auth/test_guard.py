"""Who gets into the whole server: its names, the sign-in page, and the cookie it gives."""

import asyncio
from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Message
from starlette.websockets import WebSocketDisconnect

from app.auth.authenticator import FAILURES, Authenticator, RefusedError, is_guarded, is_own_machine
from app.auth.guard import Guard
from app.auth.keys import KeyStore
from app.auth.scopes import Scope
from app.auth.sessions import COOKIE
from app.database.engine import DATABASE, Database
from indexer.settings import Settings
from tests.app.auth.conftest import server


def key(data: Path, scope: Scope) -> str:
    with Database(data / DATABASE) as database:
        store = KeyStore(database)
        return store.make(scope, scope)[0]


def test_this_machine_needs_no_key(authenticators: dict[bool, Authenticator]) -> None:
    client = server(authenticators[False])
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
    authenticators: dict[bool, Authenticator], host: str, status: int
) -> None:
    client = server(authenticators[False])
    for path in ("/", "/api/any"):
        assert client.get(path, headers={"Host": host}).status_code == status


def test_a_name_in_the_settings_is_answered_to(tmp_path: Path) -> None:
    authenticator = Authenticator(
        tmp_path, Settings(server={"names": ["Films.example"]}), guarded=False
    )
    assert server(authenticator).get("/", headers={"Host": "films.example:80"}).status_code == 200


def test_pages_are_closed_until_somebody_signs_in(
    authenticators: dict[bool, Authenticator], tmp_path: Path
) -> None:
    client = server(authenticators[True])
    asked = client.get("/", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in")
    for path in ("/static/app.js", "/api-keys", "/apis/any", "/_stcore/health"):
        assert client.get(path).status_code == 401, path
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("ws://localhost:8501/_stcore/stream"),
    ):
        pass
    assert refused.value.code == 1008
    assert client.get("/api/any").text == "the pages", "the API checks its own callers"
    assert client.get("/review").text == "the pages", "it loads by the key of a review"
    assert client.get("/review/any").status_code == 401
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


def test_signing_out_ends_it(authenticators: dict[bool, Authenticator], tmp_path: Path) -> None:
    client = server(authenticators[True])
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
    authenticators: dict[bool, Authenticator], given: str, status: int, said: str
) -> None:
    answer = server(authenticators[True]).post("/sign-in", data={"key": given})
    assert answer.status_code == status
    assert said in answer.text
    assert "set-cookie" not in answer.headers


def test_a_key_that_never_arrives_is_not_waited_for(
    authenticators: dict[bool, Authenticator],
) -> None:
    guard = Guard(Starlette(), authenticators[True], seconds=0.05)
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
    authenticators: dict[bool, Authenticator], tmp_path: Path, secure: bool
) -> None:
    client = server(authenticators[True])
    client.base_url = f"http{'s' * secure}://localhost:8501"
    signed = client.post("/sign-in", data={"key": key(tmp_path, "write")})
    cookie = signed.headers["set-cookie"].lower()
    assert ("; secure" in cookie) is secure
    assert "httponly" in cookie


def test_digests_of_keys_are_compared_and_no_keys(
    authenticators: dict[bool, Authenticator], monkeypatch: pytest.MonkeyPatch
) -> None:
    authenticator, compared = authenticators[True], list[str]()

    def compare(one: str, other: str) -> bool:
        compared.extend((one, other))
        return one == other

    monkeypatch.setattr("app.auth.authenticator.hmac.compare_digest", compare)
    assert authenticator.caller_by_key(authenticator.machine_key, "here").scope == "admin"
    with pytest.raises(RefusedError):
        authenticator.caller_by_key("wrong", "here")
    assert compared
    assert {len(each) for each in compared} == {64}
    assert {authenticator.machine_key, "wrong"}.isdisjoint(compared)


def test_wrong_keys_are_counted_by_the_network_of_their_caller(
    authenticators: dict[bool, Authenticator],
) -> None:
    authenticator, allowed = authenticators[True], int(FAILURES.split("/")[0])

    def status(address: str) -> int:
        with pytest.raises(RefusedError) as refused:
            authenticator.caller_by_key("wrong", address)
        return refused.value.status

    assert [status(f"2001:db8::{n:x}") for n in range(allowed + 1)] == [401] * allowed + [429]
    assert status("2001:db8:0:1::1") == status("192.0.2.1") == status("") == 401
    assert authenticator.caller_by_key(authenticator.machine_key, "2001:db8::1").name


def test_a_key_that_only_reads_does_not_open_the_pages(
    authenticators: dict[bool, Authenticator], tmp_path: Path
) -> None:
    answer = server(authenticators[True]).post("/sign-in", data={"key": key(tmp_path, "read")})
    assert answer.status_code == 403
    assert COOKIE not in answer.cookies


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
