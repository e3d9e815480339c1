"""The whole API asked at random by its own description, and every example in it run."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from app.api.examples import CLIP, TITLE
from app.jobs.records import JobRequest
from app.people.records import Recognise
from app.people.store import PeopleStore
from app.runtime import Runtime
from tests.app.api.conftest import description, server_of
from tests.app.people.faces import fill, group

EXAMPLES = 4
"""Requests of each operation and mode; a run with 150 finds nothing more."""


REVIEW_KEY = "the key of a review link"
"""What the examples of reviews are sent with; the others need no key here."""

PATHS: dict[str, Any] = description()["paths"]


def cases() -> list[tuple[str, str, str]]:
    """Every operation, asked as described and otherwise where it is described to take anything.

    Streams of events are tested where they are told.
    """
    return [
        (method, path, mode)
        for path, methods in PATHS.items()
        for method, operation in methods.items()
        for mode in ("positive", "negative")
        if "text/event-stream" not in str(operation["responses"]) and not path.endswith("/events")
        if mode == "positive"
        or operation.keys() & {"parameters", "requestBody"}
        or operation["security"] == [{"key": []}]
    ]


@pytest.fixture(scope="module")
def schema(runtime: Runtime) -> Any:
    import schemathesis  # Takes seconds, and every process of the tests imports this module.

    return schemathesis.openapi.from_asgi("/api/openapi.json", server_of(runtime))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("method", "path", "mode"), cases())
def test_no_request_brings_the_server_down(schema: Any, method: str, path: str, mode: str) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi import checks

    wanted = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    operation = schema[path][method.upper()]
    asked = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        answer = case.call_and_validate(checks=wanted)
        assert answer.headers.get("x-request-id"), "it was the API that answered"

    ask()
    assert asked


def examples() -> Iterator[Any]:
    """Every body that the description gives as an example."""
    for path, methods in PATHS.items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            for name, example in content.get("application/json", {}).get("examples", {}).items():
                yield pytest.param(method, path, example["value"], id=f"{method} {path} {name}")


@pytest.fixture
def things(client: TestClient, runtime: Runtime) -> Iterator[dict[str, str]]:
    """What stands for the ids of the examples, and for the variables of addresses."""
    (hit,) = client.post("/api/v1/search", json={"limit": 1}).json()["hits"]
    items = [{"hit_id": hit["id"]}]
    listed = client.post("/api/v1/shortlists", json={"name": f"{uuid4()}", "items": items}).json()
    saved = client.post("/api/v1/saved", json={"name": f"{uuid4()}", "request": {}}).json()
    title_id, people = hit["title_id"], PeopleStore(runtime.database)
    fill(runtime.database, {"another": [group(0, 1)], "third": [group(0, 3)]})
    fill(runtime.database, {title_id: [group(1, 1), group(2, 1)]})
    owners = {own.title_id: each.id for each in people.all() for own in each.groups}
    made = client.post(
        f"/api/v1/shortlists/{listed['shortlist_id']}/review-links", json={"name": "Ann"}
    ).json()
    yield {
        "777": str(hit["start_frame"]),
        REVIEW_KEY: made["key"],
        CLIP: hit["id"],
        TITLE: hit["title_id"],
        "8b5e2d7c4a10": listed["items"][0]["item_id"],
        "{shortlist_id}": listed["shortlist_id"],
        "{saved_id}": saved["id"],
        "{person_id}": owners[title_id],
        "0d4c1be27a95": owners["third"],
    }
    people.delete_all()
    address = f"/api/v1/shortlists/{listed['shortlist_id']}"
    client.delete(address, headers={"If-Match": "*"})
    client.delete(f"/api/v1/saved/{saved['id']}")


@pytest.mark.parametrize(("method", "path", "body"), list(examples()))
def test_an_example_of_the_description_is_answered(
    client: TestClient, things: dict[str, str], method: str, path: str, body: Any
) -> None:
    if path == "/v1/jobs":
        # A job would go on while other tests run.
        JobRequest.model_validate(body)
        return
    if path == "/v1/people/recognise":
        # Off, as it is at first; `tests/app/people` asks where it is on.
        Recognise.model_validate(body)
        return
    if "name" in body:
        # Names are one's own, and a request at random may have taken this one.
        body = body | {"name": f"{body['name']} {uuid4()}"}
    sent = json.dumps([path, body])
    for shown, real in things.items():
        sent = sent.replace(shown, real)
    path, body = json.loads(sent)
    headers = {"If-Match": "*", "Authorization": f"Bearer {things[REVIEW_KEY]}"}
    answer = client.request(method.upper(), f"/api{path}", json=body, headers=headers)
    assert answer.is_success, answer.text


def test_every_body_has_examples() -> None:
    bodies = [
        operation
        for methods in PATHS.values()
        for operation in methods.values()
        if "requestBody" in operation
    ]
    assert len(bodies) >= 12
    for operation in bodies:
        assert operation["requestBody"]["content"]["application/json"].get("examples"), operation
