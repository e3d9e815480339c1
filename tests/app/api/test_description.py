"""The description of the API, as people read it and generators of clients take it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
from starlette.testclient import TestClient

from app.api import create_api
from app.runtime import Runtime
from tests.app.api.conftest import description, listening, no_runtime, server_of

DESCRIPTION = description()
MODELS: dict[str, Any] = DESCRIPTION["components"]["schemas"]
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method} {path}": operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}


def test_it_says_under_which_licence_and_where() -> None:
    assert DESCRIPTION["info"]["license"]["identifier"] == "Apache-2.0"
    assert [each["url"] for each in DESCRIPTION["servers"]] == ["/api"]
    used = {tag for operation in OPERATIONS.values() for tag in operation["tags"]}
    assert {tag["name"] for tag in DESCRIPTION["tags"]} == used


def test_a_server_gives_the_same_description(client: TestClient) -> None:
    assert client.get("/api/openapi.json").json() == DESCRIPTION


def test_operations_are_named_by_what_they_do() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    assert {"search", "findSimilar", "createShortlist", "exportShortlist"} <= set(names)
    for name in names:
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_it_does_and_who_may(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"].endswith((".", "`"))
    assert "security" in operation
    for parameter in operation.get("parameters", ()):
        assert parameter["description"], parameter["name"]
        schema = parameter["schema"]
        plain = any(each in str(schema) for each in ("'enum'", "'boolean'"))
        assert plain or schema["examples"], parameter["name"]
    for status, answer in operation["responses"].items():
        empty = status in ("204", "304", "307")
        assert empty or all("schema" in each for each in answer["content"].values()), status


def examples() -> Iterator[Any]:
    """Every example of a parameter or field, with what it must be."""
    for name, operation in OPERATIONS.items():
        for parameter in operation.get("parameters", ()):
            for example in parameter["schema"].get("examples", ()):
                yield f"{name} {parameter['name']}", parameter["schema"], example
    for model, schema in MODELS.items():
        for field, kind in schema.get("properties", {}).items():
            for example in kind.get("examples", ()):
                yield f"{model}.{field}", kind, example


def test_examples_are_what_they_are_examples_of() -> None:
    count = 0
    for name, schema, example in examples():
        whole = {**schema, "components": {"schemas": MODELS}}
        wrong = [
            each.message for each in jsonschema.Draft202012Validator(whole).iter_errors(example)
        ]
        assert not wrong, f"{name}: {wrong}"
        count += 1
    assert count > 250


def test_fields_of_a_request_may_be_left_out_and_those_of_an_answer_are_there() -> None:
    assert "required" not in MODELS["SearchRequest"]
    assert not [
        name for name, kind in MODELS["SearchRequest"]["properties"].items() if "default" in kind
    ]
    assert "By default 20." in MODELS["SearchRequest"]["properties"]["limit"]["description"]
    for answer in ("SearchResults", "Hit", "Facets", "TitleSummary", "ShortlistBody"):
        assert set(MODELS[answer]["required"]) == set(MODELS[answer]["properties"]), answer


def test_every_field_of_a_request_says_what_it_is() -> None:
    asked = {name for each in OPERATIONS.values() for name in models(each.get("requestBody", {}))}
    for model in asked:
        for name, field in MODELS[model]["properties"].items():
            assert field.get("description"), f"{model}.{name}"


def test_requests_and_answers_share_no_model() -> None:
    asked = {name for each in OPERATIONS.values() for name in models(each.get("requestBody", {}))}
    answered = {name for each in OPERATIONS.values() for name in models(each["responses"])}
    assert not asked & answered
    assert {"SearchRequest", "AdBrief"} <= asked
    assert {"SearchRequestEcho", "AdBriefEcho"} <= answered


def models(part: Any) -> set[str]:
    """The names of all models that a part of the description leads to."""
    found, waiting = set[str](), [str(part)]
    while waiting:
        for name in re.findall(r"#/components/schemas/(\w+)", waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(str(MODELS[name]))
    assert found <= MODELS.keys()
    return found


def test_no_model_has_a_name_that_a_client_makes_of_another() -> None:
    made = {f"New{model}" for model in MODELS}
    for operation in OPERATIONS.values():
        name = operation["operationId"]
        made |= {f"{name[0].upper()}{name[1:]}{end}" for end in ("Response", "Params")}
    assert not made & MODELS.keys()


def test_no_map_has_values_of_an_unnamed_union() -> None:
    for model, schema in MODELS.items():
        for field, kind in schema.get("properties", {}).items():
            values = kind.get("additionalProperties")
            assert not isinstance(values, dict) or "anyOf" not in values, f"{model}.{field}"


def test_an_answer_repeats_only_what_was_asked(client: TestClient) -> None:
    asked: dict[str, Any] = {"q": "guitar", "limit": 2}
    assert client.post("/api/v1/search", json=asked).json()["query"] == asked
    assert client.get("/api/v1/search", params=asked).json()["query"] == asked
    assert client.post("/api/v1/search", json={}).json()["query"] == {}
    (hit,) = client.get("/api/v1/search", params={"limit": 1}).json()["hits"]
    similar = client.get("/api/v1/similar", params={"like": hit["id"], "limit": 1}).json()
    assert similar["query"] == {"like": [hit["id"]], "limit": 1}


def test_heads_are_those_of_get_without_a_body(runtime: Runtime) -> None:
    with (
        listening(server_of(runtime)) as (host, port),
        httpx.Client(base_url=f"http://{host}:{port}/api", timeout=60) as client,
    ):
        (hit,) = client.get("/v1/search?limit=1").json()["hits"]
        for path in ("/healthz", "/metrics", "/v1/titles", f"/v1/stills/{hit['id']}", "/v1/tones"):
            head, whole = client.head(path), client.get(path)
            assert (head.status_code, head.content) == (200, b""), path
            assert head.headers["content-type"] == whole.headers["content-type"]
            if path != "/metrics":
                assert head.headers["content-length"] == whole.headers["content-length"]
        assert client.head("/v1/titles/0123456789abcdef").status_code == 404


def test_every_get_has_a_head() -> None:
    api = create_api(no_runtime)
    for path in [each.split()[1] for each in OPERATIONS if each.startswith("get ")]:
        filled = re.sub(r"\{\w+\}", "0", path)
        answer = TestClient(api, raise_server_exceptions=False).head(filled)
        assert answer.status_code != 405, path


def test_the_address_of_the_api_leads_to_its_pages(client: TestClient) -> None:
    for path in ("/api", "/api/"):
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200
        assert answer.url.path == "/api/docs"
        head = client.head(path, follow_redirects=True)
        assert (head.status_code, head.url.path) == (200, "/api/docs")


def test_a_still_is_bytes_to_whoever_knows_no_pictures(client: TestClient) -> None:
    (hit,) = client.get("/api/v1/search?limit=1").json()["hits"]
    path = f"/api/v1/stills/{hit['id']}"
    kinds = {
        accept: client.get(path, headers={"Accept": accept}).headers["content-type"]
        for accept in ("application/octet-stream", "image/*, application/octet-stream", "*/*")
    }
    assert list(kinds.values()) == ["application/octet-stream", "image/jpeg", "image/jpeg"]
