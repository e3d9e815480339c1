"""The description of the API in OpenAPI, as FastAPI derives it, made good for generated clients.

- Operations are named by their handlers.
- Each error is a problem detail.
- A model of requests has no ``default``: some generators read that as "always there". The
  description states it instead. All fields of an answer are there, and are required.
- A model that requests and answers share has two names, ``AdBrief`` and ``AdBriefEcho``.
- The id of a hit is a string wherever it is sent, as it is in answers: of the format ``uuid``,
  generators make another type.
- No model has a name that a client in Go makes itself: ``NewX`` of a model ``X``, ``YResponse`` of
  an operation ``y``.
- Parameters and fields have an example.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.api.examples import example_of
from app.api.problems import MEDIA_TYPE
from app.problems import Problem

ECHO = "Echo"
"""After the name of a model of requests, where an answer has it."""
OTHER_NAMES = {"SearchResponse": "SearchResults", "NewSavedSearch": "SearchToSave"}
"""What models are called in the description where their own names are taken."""
SPARSE = frozenset({"SearchRequest", "AdBrief", "Never", "MetadataEdit"})
"""Models of requests of which an answer has only the fields that were given."""

UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

_REF = "#/components/schemas/{model}"
_PREFIX = _REF.format(model="")
_CAPITAL = re.compile(r"(?<!^)([A-Z])")

Json = dict[str, Any]


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation: that of its handler, in camel case."""
    first, *more = route.name.split("_")
    return first + "".join(map(str.capitalize, more))


def describe(app: FastAPI) -> None:
    """Make the description of ``app`` what this module says."""
    derive = app.openapi

    def openapi() -> Json:
        known = app.openapi_schema is not None
        description = derive()
        if not known:
            _state_problems(description)
            _state_summaries(description)
            _state_ids(description)
            _give_other_names(description)
            _part_requests_and_answers(description)
            _give_examples(description)
        return description

    app.openapi = openapi  # type: ignore[method-assign]


def _operations(description: Json) -> Iterator[Json]:
    for methods in description["paths"].values():
        yield from methods.values()


def _state_problems(description: Json) -> None:
    """FastAPI would say that a wrong field is answered by a body of its own kind, as plain JSON."""
    schemas = description["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=_REF)
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    for operation in _operations(description):
        answers = operation["responses"]
        answers.pop("422", None)
        answers["default"] = {"description": "What went wrong."}
        for status, answer in answers.items():
            if status == "default" or status.startswith(("4", "5")):
                answer["content"] = content


def _state_summaries(description: Json) -> None:
    """FastAPI capitalises every word."""
    for operation in _operations(description):
        words = _CAPITAL.sub(r" \1", operation["operationId"])
        if operation["summary"] == words.title():
            operation["summary"] = words.capitalize()


def _state_ids(description: Json) -> None:
    for node in _nodes(description):
        if node.get("format") == "uuid":
            del node["format"]
            node["pattern"] = UUID


def _give_other_names(description: Json) -> None:
    schemas = description["components"]["schemas"]
    _rename(description, OTHER_NAMES)
    for name, other in OTHER_NAMES.items():
        schemas[other] = schemas.pop(name) | {"title": other}


def _part_requests_and_answers(description: Json) -> None:
    """Name models of requests and answers apart, and say which fields may be missing."""
    schemas = description["components"]["schemas"]
    asked, answered = set[str](), set[str]()
    for operation in _operations(description):
        asked |= _closure(operation.get("requestBody", {}), schemas)
        answered |= _closure(operation["responses"], schemas)
    echoes = {name: deepcopy(schemas[name]) for name in asked & answered}
    names = {name: name + ECHO for name in echoes}
    for operation in _operations(description):
        _rename(operation["responses"], names)
    for name in answered - asked:
        _rename(schemas[name], names)
        _require_all(schemas[name])
    for name in asked:
        _state_defaults(schemas[name])
    for name, echo in echoes.items():
        _rename(echo, names)
        _state_defaults(echo) if name in SPARSE else _require_all(echo)
        echo["title"] = name + ECHO
        echo.pop("examples", None)
        schemas[name + ECHO] = echo
    description["components"]["schemas"] = dict(sorted(schemas.items()))


def _nodes(part: Any) -> Iterator[Json]:
    """Yield every object within a part of the description."""
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part:
        if isinstance(each, dict | list):
            yield from _nodes(each)


def _closure(part: Any, schemas: Json) -> set[str]:
    """Return the names of the models that a part of the description refers to, and theirs."""
    found = set[str]()
    waiting = [part]
    while waiting:
        for node in _nodes(waiting.pop()):
            name = str(node.get("$ref", "")).removeprefix(_PREFIX)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _rename(part: Any, names: Mapping[str, str]) -> None:
    """Let a part of the description refer to models by other names."""
    for node in _nodes(part):
        name = str(node.get("$ref", "")).removeprefix(_PREFIX)
        if name in names:
            node["$ref"] = _REF.format(model=names[name])


def _require_all(schema: Json) -> None:
    """State that an answer has every field, whatever its value."""
    fields = schema.get("properties", {})
    for field in fields.values():
        field.pop("default", None)
    if fields:
        schema["required"] = list(fields)


def _state_defaults(schema: Json) -> None:
    """Move the defaults of a request's fields into their descriptions."""
    for field in schema.get("properties", {}).values():
        default = field.pop("default", None)
        if default not in (None, "", [], {}):
            words = f"{field.get('description', '')} By default {_in_words(default)}."
            field["description"] = words.strip()


def _in_words(default: object) -> str:
    if isinstance(default, list):
        return ", ".join(map(_in_words, default))
    return f"{default:g}" if isinstance(default, float) else json.dumps(default).strip('"')


def _give_examples(description: Json) -> None:
    """Give every parameter and field that has none its example."""
    for operation in _operations(description):
        for parameter in operation.get("parameters", ()):
            _give_example(parameter["schema"], operation["operationId"], parameter["name"])
    for model, schema in description["components"]["schemas"].items():
        for name, field in schema.get("properties", {}).items():
            _give_example(field, model, name)


def _give_example(schema: Json, owner: str, name: str) -> None:
    kinds = (schema, schema.get("items", {}), *schema.get("anyOf", ()))
    if (
        schema.get("type") == "boolean"
        or "examples" in schema
        or any(each.keys() & {"$ref", "const", "enum"} for each in kinds)
    ):
        return
    example = example_of(owner, name, schema)
    if example is not None:
        schema["examples"] = [example]
