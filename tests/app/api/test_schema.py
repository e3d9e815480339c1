"""The whole API asked at random by its own description, and every example in it run."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from app.api import create_api
from app.runtime import Runtime
from tests.app.api.conftest import server_of

EXAMPLES = 12
"""Requests of each operation and mode; a run with 150 finds nothing more."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def paths() -> dict[str, Any]:
    """The operations that the description has, by path and method."""

    def none() -> Runtime:
        raise AssertionError("a description asks nothing of the catalogue")

    found: dict[str, Any] = create_api(none).openapi()["paths"]
    return found


def cases() -> list[tuple[str, str, GenerationMode]]:
    """Every operation, asked as described and otherwise where it is described to take anything.

    Streams of events are tested where they are told.
    """
    return [
        (method, path, mode)
        for path, methods in paths().items()
        for method, operation in methods.items()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if "text/event-stream" not in str(operation["responses"]) and not path.endswith("/events")
        if mode == GenerationMode.POSITIVE
        or operation.keys() & {"parameters", "requestBody", "security"}
    ]


@pytest.fixture(scope="module")
def schema(runtime: Runtime) -> Any:
    return schemathesis.openapi.from_asgi("/api/openapi.json", server_of(runtime))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("method", "path", "mode"), cases())
def test_no_request_brings_the_server_down(
    schema: Any, method: str, path: str, mode: GenerationMode
) -> None:
    operation = schema[path][method.upper()]
    asked = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        answer = case.call_and_validate(checks=CHECKS)
        assert answer.headers.get("x-request-id"), "it was the API that answered"

    ask()
    assert asked


def examples() -> Iterator[Any]:
    """Every body that the description gives as an example."""
    for path, methods in paths().items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            for name, example in content.get("application/json", {}).get("examples", {}).items():
                yield pytest.param(method, path, example["value"], id=f"{method} {path} {name}")


@pytest.mark.parametrize(("method", "path", "body"), list(examples()))
def test_an_example_of_the_description_is_answered(
    client: TestClient, method: str, path: str, body: Any
) -> None:
    if "name" in body:
        # Names are one's own, and a request at random may have taken this one.
        body = body | {"name": f"{body['name']} {uuid4()}"}
    answer = client.request(method.upper(), f"/api{path}", json=body)
    assert answer.is_success, answer.text


def test_there_are_examples() -> None:
    assert len(list(examples())) >= 8
