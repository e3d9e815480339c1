"""MCP over HTTP: an assistant cuts a shortlist, and keys and scopes are those of the API."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from mcp import Client, MCPError
from starlette.testclient import TestClient

from app.auth.authenticator import Authenticator
from app.auth.guard import Guard
from app.auth.keys import KeyStore
from app.auth.scopes import Scope
from app.auth.sessions import COOKIE
from app.database.engine import DATABASE, Database
from app.runtime import Runtime
from app.shortlists.store import ShortlistStore
from indexer.settings import Settings
from tests.app.api.conftest import client_of, server_of
from tests.app.mcp.conftest import answer, cut_a_shortlist, hints, over_http, said

PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def keys(runtime: Runtime) -> Iterator[dict[Scope, str]]:
    """A key of each scope that an assistant may have."""
    scopes: tuple[Scope, ...] = ("read", "write")
    with Database(runtime.catalogue.path / DATABASE) as database:
        store = KeyStore(database)
        yield {scope: store.make(f"desk-{scope}", scope)[0] for scope in scopes}
        for scope in scopes:
            store.revoke(f"desk-{scope}")


@pytest.mark.parametrize(("mode", "agent"), [("auto", "mcp"), ("legacy", "assistant")])
def test_an_assistant_cuts_a_shortlist(
    runtime: Runtime, authenticator: Authenticator, keys: dict[Scope, str], mode: str, agent: str
) -> None:
    app = server_of(runtime, authenticator)
    shortlist_id, edl = over_http(app, cut_a_shortlist, keys["write"], mode)
    exported = client_of(runtime).get(f"/api/v1/shortlists/{shortlist_id}/export?format=edl")
    assert edl.encode() == exported.content
    assert edl.count("* FROM CLIP NAME:") == 3
    store = ShortlistStore(runtime.database)
    authors = {each.author for each in store.revisions(shortlist_id)}
    assert authors == {f"desk-write ({agent})"}
    store.delete(store.find(shortlist_id))


def test_without_a_key_nothing_is_answered(runtime: Runtime, authenticator: Authenticator) -> None:
    app = server_of(runtime, authenticator)
    client = client_of(runtime, authenticator)
    for headers in (HEADERS, HEADERS | {"Authorization": "Bearer wrong"}):
        refused = client.post("/api/mcp", json=PING, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert "key" in refused.json()["detail"]

    async def act(client: Client) -> None:
        await client.list_tools()

    for key in ("", "wrong"):
        with pytest.raises((MCPError, ExceptionGroup)):
            over_http(app, act, key)


def test_a_session_of_a_browser_opens_nothing(
    runtime: Runtime, authenticator: Authenticator, keys: dict[Scope, str]
) -> None:
    caller = authenticator.caller_by_key(keys["write"], "here")
    cookie = {"Cookie": f"{COOKIE}={authenticator.open_session(caller)}"}
    client = client_of(runtime, authenticator)
    assert client.post("/api/mcp", json=PING, headers=HEADERS | cookie).status_code == 401


def test_a_key_that_may_read_changes_nothing(
    runtime: Runtime, authenticator: Authenticator, keys: dict[Scope, str]
) -> None:
    store = ShortlistStore(runtime.database)
    made = store.create("of somebody else")
    changes: dict[str, dict[str, Any]] = {
        "create_shortlist": {"name": "mine"},
        "add_to_shortlist": {
            "shortlist_id": made.shortlist_id,
            "items": [{"title_id": "a" * 16, "start_frame": 0, "end_frame": 1}],
        },
        "change_shortlist": {"shortlist_id": made.shortlist_id, "version": 1, "name": "mine"},
        "undo_shortlist": {"shortlist_id": made.shortlist_id, "version": 1},
    }

    async def act(client: Client) -> None:
        listed = (await client.list_tools()).tools
        changing = {each.name for each in listed if not hints(each).read_only_hint}
        assert changing == changes.keys()
        assert (await answer(client, "search", limit=1))["hits"]
        assert (await answer(client, "shortlist", shortlist_id=made.shortlist_id))["version"] == 1
        for tool, arguments in changes.items():
            refused = await client.call_tool(tool, arguments)
            assert refused.is_error
            assert said(refused) == (
                "this needs a key with scope write, and desk-read has scope read"
            )

    over_http(server_of(runtime, authenticator), act, keys["read"])
    assert store.all() == [made]
    store.delete(made)


def test_messages_count_against_the_rate_of_their_key(
    runtime: Runtime, keys: dict[Scope, str]
) -> None:
    settings = Settings(api={"rate": "2/hour"})
    authenticator = Authenticator(runtime.catalogue.path, settings, guarded=True)
    log = io.StringIO()
    client = client_of(runtime, authenticator, log=log)
    headers = HEADERS | {"Authorization": f"Bearer {keys['read']}"}
    answers = [client.post("/api/mcp", json=PING, headers=headers) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert {json.loads(line)["route"] for line in log.getvalue().splitlines()} == {"/mcp"}
    authenticator.close()


def test_pages_of_other_sites_and_names_are_refused(runtime: Runtime) -> None:
    authenticator = Authenticator(runtime.catalogue.path, Settings(), guarded=False)
    guarded = Guard(server_of(runtime, authenticator), authenticator)
    client = TestClient(guarded, base_url="http://localhost:8501")
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/mcp", json=PING, headers=HEADERS).status_code == 200
    assert client.post("/api/mcp", json=PING, headers=HEADERS | foreign).status_code == 403
    renamed = HEADERS | {"Host": "evil.example"}
    assert client.post("/api/mcp", json=PING, headers=renamed).status_code == 400
    assert client.get("/api/mcp", headers=HEADERS).status_code == 405
    authenticator.close()


def test_a_server_without_the_package_says_what_to_install(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.mcp.find_spec", lambda _name: None)
    refused = client_of(runtime).post("/api/mcp", json=PING, headers=HEADERS)
    assert refused.status_code == 501
    assert "pip install 'reelfind[mcp]'" in refused.json()["detail"]
