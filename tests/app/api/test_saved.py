"""Saved searches over HTTP, and the examples of docs/search.md run as they stand."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook
from starlette.testclient import TestClient

from app.auth.authenticator import Authenticator
from app.auth.keys import KeyStore
from app.remote import ApiError, Client
from app.runtime import Runtime
from app.saved.outbox import Outbox
from app.saved.records import Message
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from indexer.settings import Settings, load_settings
from indexer.title_points import fill_titles
from tests.app.api.conftest import client_of, listening, server_of
from tests.app.api.test_docs import LOCAL, ask
from tests.app.cli.conftest import Reelfind, reelfind

__all__ = ["reelfind"]

PAGE = Path(__file__).parents[3] / "docs" / "search.md"
SECTION = PAGE.read_text(encoding="utf-8").partition("\n## Saved searches\n")[2]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", SECTION, re.M | re.S)


def examples(language: str) -> list[str]:
    return [text for found, text in BLOCKS if found == language]


@pytest.fixture(autouse=True)
def only_ours(runtime: Runtime) -> Iterator[None]:
    """No saved searches are there before a test, nor after it."""
    store = SavedStore(runtime.database)

    def clear() -> None:
        for each in store.all():
            store.remove(each)

    clear()
    yield
    clear()


def add(client: TestClient, name: str, **more: Any) -> Any:
    return client.post("/api/v1/saved", json={"name": name, "request": {}} | more)


def test_a_search_is_saved_run_and_removed(client: TestClient, runtime: Runtime) -> None:
    assert client.get("/api/v1/saved").json() == []
    made = add(client, "Music", request={"q": "music", "limit": 2, "cursor": "x"})
    assert made.status_code == 201
    body = made.json()
    where = made.headers["Location"]
    assert where == f"/api/v1/saved/{body['id']}"
    assert body.pop("secret") is None
    assert client.get(where).json() == body
    assert client.get("/api/v1/saved").json() == [body]
    assert body["author"] == "api"
    hits = client.get(f"{where}/hits").json()
    assert (
        hits["hits"]
        == json.loads(runtime.search(SearchRequest(q="music", limit=2)).model_dump_json())["hits"]
    )
    following = client.get(f"{where}/hits", params={"cursor": hits["next_cursor"]}).json()
    assert following["hits"] != hits["hits"]
    assert client.delete(where).status_code == 204
    for path in ("", "/hits", "/new", "/feed", "/deliveries"):
        gone = client.get(f"{where}{path}")
        assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")
    assert client.delete(where).status_code == 404


def test_what_is_new_is_new_until_somebody_looks(client: TestClient, runtime: Runtime) -> None:
    where = add(client, "All").headers["Location"]
    assert client.get(f"{where}/new").json()["titles"] == 0
    bikes = runtime.catalogue.find("Bikes")
    runtime.catalogue.write_manifest(replace(bikes, indexed=datetime.now(UTC)))
    fill_titles(runtime.catalogue, runtime.store)
    new = client.get(f"{where}/new").json()
    assert new["titles"] == 1
    assert {hit["title"] for hit in new["hits"]} == {"Bikes"}
    looked = client.post(f"{where}/seen", json={"until": new["since"]}).json()
    assert looked["seen"] == new["since"]
    assert client.get(f"{where}/new").json()["titles"] == 1
    client.post(f"{where}/seen", json={"until": new["until"]})
    assert client.get(f"{where}/new").json()["hits"] == []
    late = client.post(f"{where}/seen", json={"until": "2999-01-01T00:00:00Z"}).json()
    assert datetime.fromisoformat(late["seen"]) <= datetime.now(UTC)
    feed = client.get(f"{where}/feed")
    assert feed.headers["content-type"] == "application/feed+json"
    assert feed.json()["version"] == "https://jsonfeed.org/version/1.1"
    assert feed.json()["items"][0]["title"] == "Bikes"
    assert feed.json()["feed_url"].endswith(f"{where}/feed")
    runtime.catalogue.write_manifest(bikes)
    fill_titles(runtime.catalogue, runtime.store)


def test_what_cannot_be_saved_names_the_field(client: TestClient) -> None:
    add(client, "Taken")
    for field, more in (
        ("name", {"name": "TAKEN"}),
        ("name", {"name": " "}),
        ("request.tail", {"request": {"tail": "none"}}),
        ("request", {"request": {"still": "x" * 300_000}}),
        ("webhook", {"webhook": "https://169.254.169.254/latest"}),
        ("webhook", {"webhook": "http://example.org"}),
    ):
        refused = add(client, "Other", **more) if "name" not in more else add(client, **more)
        assert refused.status_code == 422
        assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert [each["name"] for each in client.get("/api/v1/saved").json()] == ["Taken"]


def test_a_secret_is_in_one_answer(client: TestClient, runtime: Runtime) -> None:
    made = add(client, "Told", webhook="https://example.org/hook").json()
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in client.get("/api/v1/saved").text
    assert client.get(f"/api/v1/saved/{made['id']}/deliveries").json() == []
    assert len(Outbox(runtime.database).watched()) == 1


def test_who_may_read_may_not_save(runtime: Runtime) -> None:
    authenticator = Authenticator(runtime.catalogue.path, Settings(), guarded=True)
    keys = KeyStore(runtime.database)
    reader, writer = (keys.make(f"saved {scope}", scope)[0] for scope in ("read", "write"))
    client = client_of(runtime, authenticator)
    client.headers["Authorization"] = f"Bearer {writer}"
    where = add(client, "Mine").headers["Location"]
    assert client.get(where).json()["author"] == "saved write"
    client.headers["Authorization"] = f"Bearer {reader}"
    assert client.get(f"{where}/feed").is_success
    assert add(client, "Theirs").status_code == 403
    assert client.post(f"{where}/seen", json={}).status_code == 403
    assert client.delete(where).status_code == 403
    authenticator.close()


def test_the_client_does_all_of_it(runtime: Runtime) -> None:
    with (
        listening(server_of(runtime)) as (host, port),
        Client(f"http://{host}:{port}") as client,
    ):
        made = client.saved.add("Music", SearchRequest(q="music"), "https://example.org/hook")
        assert made.secret
        assert client.saved.all() == [client.saved.find(made.id)]
        assert client.saved.hits(made.id).hits == runtime.search(SearchRequest(q="music")).hits
        new = client.saved.new(made.id)
        assert new.hits == []
        assert client.saved.look(made.id, new.until).seen == new.until
        assert client.saved.feed(made.id).title == "Music"
        assert client.saved.deliveries(made.id) == []
        client.saved.remove(made.id)
        with pytest.raises(ApiError, match="no such saved search"):
            client.saved.find(made.id)


def test_the_examples_over_http_are_answered(runtime: Runtime) -> None:
    made, _ = SavedStore(runtime.database).add("Music", SearchRequest(q="music"))
    with listening(server_of(runtime)) as (host, port):
        address = f"http://{host}:{port}"
        curls = [each for each in examples("sh") if each.startswith("curl")]
        assert len(curls) == 4
        for each in curls:
            answer = ask(each, {"HOST": address, "SAVED": made.id})
            assert answer.is_success, answer.text


def test_the_example_in_python_runs(runtime: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    calling, verifying = examples("python")
    with listening(server_of(runtime)) as (host, port):
        exec(calling.replace(LOCAL, f"http://{host}:{port}"), {})
    assert capsys.readouterr().out == "0 new hits in 0 titles\n"
    (body,), now = examples("json"), datetime.now(UTC)
    Message.model_validate_json(body)
    secret = "whsec_c2VjcmV0IG9mIGF0IGxlYXN0IHR3ZW50eS1mb3VyIGJ5dGVz"
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, body),
    }
    exec(verifying, {"secret": secret, "body": body, "headers": headers})
    assert capsys.readouterr().out == "Bikes\n"


def test_the_example_on_the_command_line_runs(runtime: Runtime, reelfind: Reelfind) -> None:
    (commands,) = [each for each in examples("sh") if each.startswith("reelfind")]
    for line in commands.splitlines():
        _, *words = shlex.split(line)
        ran = reelfind(*words, "--data", runtime.catalogue.path)
        assert ran.code == 0, ran.err


def test_the_settings_shown_are_the_defaults(tmp_path: Path) -> None:
    (shown,) = examples("toml")
    (tmp_path / "reelfind.toml").write_text(shown)
    webhooks = load_settings(tmp_path).webhooks
    assert webhooks == Settings().webhooks
    assert webhooks.model_fields_set == set(type(webhooks).model_fields)
