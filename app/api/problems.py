"""Errors as problem details (RFC 9457): one line for a person, the field for a program."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from app.auth.authenticator import RefusedError
from app.database.engine import AGAIN, DatabaseError
from app.problems import FieldProblem, FieldsError, Problem, in_a_line
from app.runtime import NotFoundError, Runtime
from app.search.request import RequestError
from indexer.errors import NotNowError, ReelfindError
from probes.messages import LONGEST_LINE, MESSAGE, SHOWN, shortened

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem(
    status: HTTPStatus,
    detail: str,
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return the response that tells ``detail``, and the first of ``errors`` field by field."""
    told = [
        FieldProblem(field=shortened(each.field), detail=shortened(each.detail, LONGEST_LINE))
        for each in (errors or [])[:SHOWN]
    ]
    detail = shortened(detail, MESSAGE)
    body = Problem(title=status.phrase, status=status, detail=detail, errors=told)
    return JSONResponse(
        body.model_dump(),
        status_code=status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error that is foreseen a problem; ``Observer`` sees to the others."""

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [_wrong(item) for item in error.errors()]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, in_a_line(fields), fields)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers) if error.headers else None
        return problem(HTTPStatus(error.status_code), error.detail, headers=headers)

    @app.exception_handler(NotFoundError)
    def not_found(_request: Request, error: NotFoundError) -> JSONResponse:
        return problem(HTTPStatus.NOT_FOUND, str(error))

    @app.exception_handler(DatabaseError)
    def no_database(_request: Request, error: DatabaseError) -> JSONResponse:
        _log.warning("%s", "; ".join([str(error), *getattr(error, "__notes__", [])]))
        headers = {"Retry-After": str(AGAIN)}
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=headers)

    @app.exception_handler(NotNowError)
    def not_now(_request: Request, error: NotNowError) -> JSONResponse:
        headers = {"Retry-After": str(max(5, round(error.seconds)))}
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=headers)

    @app.exception_handler(RequestError)
    def senseless(_request: Request, error: RequestError) -> JSONResponse:
        reason = str(error).removeprefix(f"{error.field}: ")
        fields = [FieldProblem(field=error.field, detail=reason)]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), fields)

    @app.exception_handler(FieldsError)
    def fields(_request: Request, error: FieldsError) -> JSONResponse:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), error.errors)

    @app.exception_handler(RefusedError)
    def refused(_request: Request, error: RefusedError) -> JSONResponse:
        headers = {"Retry-After": str(error.wait)} if error.wait else {}
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return problem(HTTPStatus(error.status), str(error), headers=headers)

    @app.exception_handler(ReelfindError)
    def failed(request: Request, error: ReelfindError) -> JSONResponse:
        status, headers = _status_now(request.app.state.runtime())
        return problem(status, str(error), headers=headers)


def _wrong(item: Mapping[str, Any]) -> FieldProblem:
    if item["type"] == "json_invalid":
        # In place of a field, FastAPI gives the position in the body.
        place = item["loc"][-1]
        return FieldProblem(
            field="body", detail=f"not JSON: {item['ctx']['error']} (character {place})"
        )
    return FieldProblem(field=_field(item["loc"]), detail=item["msg"].removeprefix("Value error, "))


def _field(location: tuple[int | str, ...]) -> str:
    """Name a field without the part that says where it travelled (query, path, body)."""
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _status_now(runtime: Runtime) -> tuple[HTTPStatus, dict[str, str]]:
    """503 when waiting or a repair of the store helps; 409 when the user has to act first."""
    kind = runtime.state().kind
    if kind == "indexing":
        return HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"}
    if kind == "broken":
        return HTTPStatus.SERVICE_UNAVAILABLE, {}
    return HTTPStatus.CONFLICT, {}
