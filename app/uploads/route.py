"""Where a page's script sends films: ``PUT /upload/NAME`` with the page's ticket.

Beside the API and not in it, whose limits of size and time are those of questions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.uploads.inbox import Inbox, UploadError

PATH = "/upload"
TICKET = "X-Reelfind-Ticket"
PATIENCE = 60.0
"""Seconds that the next bytes are waited for."""


def upload_route(inbox: Callable[[], Inbox]) -> Route:
    """Return the route that takes films into ``inbox``."""

    async def receive(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        try:
            path = await inbox().receive(
                request.headers.get(TICKET, ""),
                request.path_params["name"],
                int(length) if length.isdecimal() else None,
                _blocks(request),
            )
        except UploadError as error:
            return JSONResponse({"detail": str(error)}, error.status)
        except (TimeoutError, ClientDisconnect):
            return JSONResponse({"detail": "the file did not arrive whole"}, 408)
        return JSONResponse({"path": str(path)}, HTTPStatus.CREATED)

    return Route(f"{PATH}/{{name}}", receive, methods=["PUT"])


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    stream = request.stream()
    while True:
        try:
            yield await asyncio.wait_for(anext(stream), PATIENCE)
        except StopAsyncIteration:
            return
