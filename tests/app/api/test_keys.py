"""Keys over HTTP: who is let in, to what, and how often."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.auth.authenticator import FAILURES, Authenticator
from app.auth.keys import KeyStore
from app.auth.scopes import Scope
from app.auth.sessions import COOKIE
from app.database.engine import DATABASE, Database
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.settings import Settings
from tests.app.api.conftest import client_of


@pytest.fixture
def keys(runtime: Runtime) -> Iterator[dict[Scope, str]]:
    """A key of each scope."""
    with Database(runtime.catalogue.path / DATABASE) as database:
        store = KeyStore(database)
        yield {scope: store.make(scope, scope)[0] for scope in ("read", "write", "admin")}
        for scope in ("read", "write", "admin"):
            store.revoke(scope)


@pytest.fixture
def guarded(runtime: Runtime, authenticator: Authenticator) -> TestClient:
    return client_of(runtime, authenticator)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


OPEN = {"/healthz", "/readyz"}


def test_nothing_but_health_is_answered_without_a_key(guarded: TestClient) -> None:
    paths = guarded.get("/api/openapi.json").json()["paths"]
    asked = 0
    for path, methods in paths.items():
        for method in methods:
            address = path.replace("{id}", "a" * 8 + "-0000-4000-8000-000000000000")
            address = address.replace("{title_id}", "0" * 16)
            answer = guarded.request(method.upper(), f"/api{address}", params={"like": "a"})
            if path in OPEN:
                assert answer.status_code == 200, path
                assert "titles" not in answer.text
                continue
            # What is asked in a body may be found wanting before the key is.
            assert answer.status_code in ({401} if method != "post" else {401, 422}), path
            assert answer.headers["content-type"] == "application/problem+json"
            asked += 1
    assert asked >= 17


def test_a_refusal_says_what_is_needed(guarded: TestClient, keys: dict[Scope, str]) -> None:
    answer = guarded.get("/api/v1/titles")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "reelfind keys make" in answer.json()["detail"]
    wrong = guarded.get("/api/v1/titles", headers=bearer("rf_" + "a" * 43))
    assert wrong.status_code == 401
    assert guarded.get("/api/v1/titles", headers={"Authorization": keys["read"]}).status_code == 401
    for headers in ({}, bearer("wrong")):
        assert guarded.get("/api/healthz", headers=headers).json()["catalogue"] is None
    assert guarded.get("/api/healthz", headers=bearer(keys["read"])).json()["catalogue"]


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 200), ("admin", 200)])
def test_a_scope_allows_what_those_below_do(
    guarded: TestClient, keys: dict[Scope, str], scope: Scope, status: int
) -> None:
    headers = bearer(keys[scope])
    assert guarded.get("/api/v1/titles", headers=headers).status_code == 200
    removal = guarded.delete("/api/v1/labels", params={"annotator": "nobody"}, headers=headers)
    assert removal.status_code == status
    if status == 403:
        assert "scope write" in removal.json()["detail"]


def test_a_revoked_key_is_refused_at_once(guarded: TestClient, runtime: Runtime) -> None:
    with Database(runtime.catalogue.path / DATABASE) as database:
        store = KeyStore(database)
        text, key = store.make("leaver", "read")
        assert guarded.get("/api/v1/titles", headers=bearer(text)).status_code == 200
        store.revoke(key.key_id)
    assert guarded.get("/api/v1/titles", headers=bearer(text)).status_code == 401


def test_the_settings_may_hold_a_key(runtime: Runtime) -> None:
    text = "k" * 40
    settings = Settings(server={"key": text})
    assert text not in repr(settings)
    assert text not in settings.model_dump_json()
    authenticator = Authenticator(runtime.catalogue.path, settings, guarded=True)
    client = client_of(runtime, authenticator)
    assert authenticator.has_keys()
    assert client.get("/api/v1/titles", headers=bearer(text)).status_code == 200
    authenticator.close()


def test_a_key_has_a_rate_and_stills_are_not_counted(
    runtime: Runtime, keys: dict[Scope, str]
) -> None:
    authenticator = Authenticator(
        runtime.catalogue.path, Settings(api={"rate": "3/hour"}), guarded=True
    )
    client = client_of(runtime, authenticator)
    headers = bearer(keys["read"])
    still = f"/api/v1/stills/{runtime.search(SearchRequest(limit=1)).hits[0].id}"
    for _ in range(3):
        assert client.get("/api/v1/titles", headers=headers).status_code == 200
    answer = client.get("/api/v1/titles", headers=headers)
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["retry-after"]) <= 3600
    assert client.get(still, headers=headers).status_code == 200
    assert client.get("/api/v1/titles", headers=bearer(keys["write"])).status_code == 200
    authenticator.close()


def test_keys_cannot_be_guessed_for_long(guarded: TestClient, keys: dict[Scope, str]) -> None:
    allowed = int(FAILURES.split("/")[0])
    answers = [
        guarded.get("/api/v1/titles", headers=bearer(f"rf_{n}")).status_code
        for n in range(allowed + 1)
    ]
    assert answers == [401] * allowed + [429]
    assert guarded.get("/api/v1/titles", headers=bearer(keys["read"])).status_code == 200
    assert guarded.get("/api/v1/titles", headers=bearer("rf_")).status_code == 429


def test_a_session_reads_and_changes_nothing(
    guarded: TestClient, authenticator: Authenticator, keys: dict[Scope, str], runtime: Runtime
) -> None:
    who = authenticator.caller_by_key(keys["write"], "here")
    cookie = {"Cookie": f"{COOKIE}={authenticator.open_session(who)}"}
    still = f"/api/v1/stills/{runtime.search(SearchRequest(limit=1)).hits[0].id}"
    assert guarded.get(still, headers=cookie).status_code == 200
    # Another site can make a browser send this, cookie and all.
    assert guarded.delete("/api/v1/labels?task=tone", headers=cookie).status_code == 401
    forged = {"Cookie": f"{COOKIE}={who.key_id}.99999999999.{'0' * 64}"}
    assert guarded.get(still, headers=forged).status_code == 401


def test_the_database_holds_no_key(runtime: Runtime, keys: dict[Scope, str]) -> None:
    held = b"".join(path.read_bytes() for path in Path(runtime.catalogue.path).glob(f"{DATABASE}*"))
    assert b"api_keys" in held
    for text in keys.values():
        assert text.encode() not in held
        assert text.removeprefix("rf_").encode() not in held
