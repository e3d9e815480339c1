"""Labels over HTTP, into the store that the browser and the command line write to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.authenticator import Authenticator
from app.auth.keys import KeyStore
from app.database.engine import Database
from app.database.tables import KEYS, LABELS
from app.labelling.store import LabelStore
from app.runtime import Runtime
from indexer.settings import Settings
from tests.app.api.conftest import client_of

SPAN = {"task": "clip-worthiness", "title": "Bikes", "start": 1.2, "end": 3.04}


@pytest.fixture
def database(runtime: Runtime) -> Iterator[Database]:
    """The database that labels are kept in; there are none before a test, nor after it."""
    empty(runtime.database)
    yield runtime.database
    empty(runtime.database)


def empty(database: Database) -> None:
    with database.begin("everything") as connection:
        for table in (LABELS, KEYS):
            connection.execute(table.delete())


@pytest.fixture
def client(runtime: Runtime, database: Database) -> TestClient:
    return client_of(runtime)


def post(client: TestClient, *labels: dict[str, Any]) -> Any:
    return client.post("/api/v1/labels", json={"labels": labels})


def test_a_label_is_written_replaced_listed_and_removed(
    client: TestClient, database: Database
) -> None:
    assert client.get("/api/v1/labels").json() == {"labels": [], "next": None}
    ann, bob = SPAN | {"annotator": "ann"}, SPAN | {"annotator": "bob", "value": 0}
    assert post(client, ann, bob).json() == {"added": 2, "replaced": 0}
    assert post(client, ann | {"value": 0}).json() == {"added": 0, "replaced": 1}
    stored = LabelStore(database).all()
    assert [(each.annotator, each.value) for each in stored] == [("ann", 0.0), ("bob", 0.0)]
    assert {each.class_name for each in stored} == {"clip-worthy"}
    listed = client.get("/api/v1/labels", params={"annotator": "bob"}).json()["labels"]
    assert [each["title_id"] for each in listed] == [stored[1].title_id]
    assert listed[0]["class"] == "clip-worthy"
    first = client.get("/api/v1/labels", params={"limit": 1}).json()
    rest = client.get("/api/v1/labels", params={"limit": 1, "from": first["next"]}).json()
    assert [each["annotator"] for each in first["labels"] + rest["labels"]] == ["ann", "bob"]
    assert rest["next"] is None
    removed = client.delete("/api/v1/labels", params={"annotator": "ann", "start": 1.2})
    assert removed.json() == {"removed": 1}
    assert client.delete("/api/v1/labels", params={"task": "tone"}).json() == {"removed": 0}


def test_a_clip_is_labelled_by_its_id(client: TestClient) -> None:
    hit = client.get("/api/v1/search", params={"limit": 1}).json()["hits"][0]
    assert (
        post(client, {"task": "tone", "class": "Playful", "clip_id": hit["id"]}).status_code == 200
    )
    (label,) = client.get("/api/v1/labels").json()["labels"]
    assert (label["title_id"], label["start"], label["end"]) == (
        *(hit["title_id"], hit["start_seconds"], hit["end_seconds"]),
    )
    assert (label["class"], label["value"], label["annotator"]) == ("playful", 1.0, "api")


def test_labels_that_cannot_be_are_named_and_none_is_written(client: TestClient) -> None:
    answer = post(
        client,
        SPAN,
        SPAN | {"title": "Nonsense"},
        SPAN | {"task": "tone", "class": "zesty"},
        SPAN | {"start": 500, "end": 510},
        SPAN | {"value": 0.5},
    )
    assert answer.status_code == 422
    named = [each["field"] for each in answer.json()["errors"]]
    assert named == ["labels.1", "labels.2", "labels.3", "labels.4"]
    assert client.get("/api/v1/labels").json()["labels"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "labels"),
        ({"labels": []}, "labels"),
        ({"labels": [SPAN] * 1001}, "labels"),
        ({"labels": [SPAN | {"start": "soon"}]}, "labels.0.start"),
        ({"labels": [SPAN | {"end": 1e999}]}, "labels.0.end"),
        ({"labels": [SPAN | {"clip_id": "../x"}]}, "labels.0.clip_id"),
        ({"labels": [SPAN | {"colour": "red"}]}, "labels.0.colour"),
        ({"labels": [SPAN | {"annotator": " "}]}, "labels.0.annotator"),
    ],
)
def test_a_wrong_field_of_a_label_is_named(
    client: TestClient, body: dict[str, Any], field: str
) -> None:
    answer = client.post("/api/v1/labels", content=dumps(body), headers=JSON)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


JSON = {"content-type": "application/json"}


def dumps(body: dict[str, Any]) -> str:
    return json.dumps(body).replace("Infinity", "1e999")


def test_nothing_is_removed_by_saying_nothing(client: TestClient) -> None:
    answer = client.delete("/api/v1/labels")
    assert answer.status_code == 422
    assert "say which labels" in answer.json()["detail"]


INJECTIONS = ["'; DROP TABLE labels; --", '" OR 1=1 --', "%' OR '1'='1", "\x00", "../../etc"]


@pytest.mark.parametrize("name", INJECTIONS)
def test_names_are_names_and_never_commands(client: TestClient, name: str) -> None:
    assert post(client, SPAN | {"annotator": "ann"}).status_code == 200
    assert post(client, SPAN | {"annotator": name}).status_code == 200
    found = client.get("/api/v1/labels", params={"annotator": name}).json()["labels"]
    assert [each["annotator"] for each in found] == [name]
    assert post(client, SPAN | {"title": name}).status_code == 422
    refused = client.get("/api/v1/search", params={"title": name, "series": name})
    assert (refused.status_code, "there is no" in refused.text) == (422, True)
    assert client.get("/api/v1/search", params={"q": name}).status_code == 200
    assert client.delete("/api/v1/labels", params={"annotator": name}).json() == {"removed": 1}
    assert len(client.get("/api/v1/labels").json()["labels"]) == 1


def test_who_labels_with_a_key_is_the_keys_name(runtime: Runtime, database: Database) -> None:
    authenticator = Authenticator(runtime.catalogue.path, Settings(), guarded=True)
    text, _ = KeyStore(database).make("promo desk", "write")
    client = client_of(runtime, authenticator)
    headers = {"Authorization": f"Bearer {text}"}
    assert client.post("/api/v1/labels", json={"labels": [SPAN]}, headers=headers).is_success
    (label,) = client.get("/api/v1/labels", headers=headers).json()["labels"]
    assert label["annotator"] == "promo desk"
    authenticator.close()
