"""The API's description (OpenAPI): what FastAPI derives, with errors as they really come."""

from typing import Any

from fastapi import FastAPI

from app.api.problems import MEDIA_TYPE
from app.problems import Problem

_REF = "#/components/schemas/{model}"


def describe_problems(app: FastAPI) -> None:
    """Make every operation of ``app`` say that its errors are problem details.

    FastAPI would say that a wrong field is answered by a body of its own kind, as plain JSON.
    """
    derive = app.openapi

    def openapi() -> dict[str, Any]:
        known = app.openapi_schema is not None
        description = derive()
        if not known:
            _state_problems(description)
        return description

    app.openapi = openapi  # type: ignore[method-assign]


def _state_problems(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=_REF)
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    answer = {
        "description": "What went wrong.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }
    for methods in description["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = answer
