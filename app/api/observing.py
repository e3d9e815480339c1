"""Around every request: its id, its line in the log, its place in the metrics."""

import re
import time
from http import HTTPStatus
from urllib.parse import quote
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from app.api.metrics import Metrics
from app.api.problems import problem
from app.base_path import path_below

HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")

_QUIET = ("/v1/stills/", "/v1/media/", "/healthz", "/readyz", "/metrics", "/docs", "/openapi")
"""Asked for so often that a line for each success would hide the others."""


class Observer:
    """ASGI middleware: outermost, so that nothing is answered without an id."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: FilteringBoundLogger) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what nobody foresaw becomes a problem without its inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        status = 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        # Quoted: a path may hold line ends and escapes that a log or terminal would obey.
        log = self._log.bind(
            request_id=request_id, method=_method(scope), path=quote(path_below(scope))
        )
        mount = scope.get("route")
        began = time.perf_counter()
        try:
            await self._app(scope, receive, observed)
        except Exception:
            self._metrics.failed(_route(scope, mount))
            log.exception("failed")
            if status:
                raise
            answer = problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "Something went wrong here; the server's log has the details under request id "
                f"{request_id}.",
            )
            await answer(scope, receive, observed)
        finally:
            seconds = time.perf_counter() - began
            self._metrics.answered(_method(scope), _route(scope, mount), status, seconds)
            if status >= 400 or not path_below(scope).startswith(_QUIET):
                caller = scope.get("state", {}).get("caller")
                log.info(
                    "answered",
                    route=_route(scope, mount),
                    status=status,
                    ms=round(seconds * 1000, 1),
                    key=caller.key_id if caller else "",
                )


def _request_id(headers: Headers) -> str:
    """Take the caller's id, if it is harmless in a log, or make one."""
    given = headers.get(HEADER, "")
    return given if _ID.fullmatch(given) else uuid4().hex


def _route(scope: Scope, mount: object) -> str:
    """Return the address with its variables unfilled: there are few of these, so they count."""
    route = scope.get("route")
    if route is None or route is mount:
        return "unknown"
    version = "/v1" if path_below(scope).startswith("/v1/") else ""
    return version + str(getattr(route, "path", "")).removeprefix(version)


def _method(scope: Scope) -> str:
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return scope["method"] if scope["method"] in known else "other"
