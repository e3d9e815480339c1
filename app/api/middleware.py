"""What stands around every request: limits on its body, and gzip of the answer."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem
from app.base_path import path_below


class BodyLimits:
    """ASGI middleware that refuses a body over ``largest`` bytes or ``seconds`` long in coming."""

    def __init__(self, app: ASGIApp, largest: int, seconds: float) -> None:
        self._app = app
        self._largest = largest
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse by the length that is announced, or count along where none is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > self._largest:
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._too_long)
            await refusal(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        last_moment = loop.time() + self._seconds
        read = 0
        whole = False

        async def limited() -> Message:
            nonlocal read, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(last_moment):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(
                    HTTPStatus.REQUEST_TIMEOUT,
                    f"the body did not arrive within {self._seconds:g} s",
                    {"Connection": "close"},
                ) from error
            read += len(message.get("body", b""))
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            if read > self._largest:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._too_long)
            return message

        await self._app(scope, limited, send)

    @property
    def _too_long(self) -> str:
        return f"a body may have {self._largest:,} bytes at most (api.largest_body)"


PACKED = ("/v1/stills/", "/v1/media/", "/v1/reels/")
"""Pictures and films are packed already, and a range of bytes is of the film as it lies."""


class Compression:
    """ASGI middleware: gzip for whoever accepts it, of everything but pictures and films."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer packed or plain."""
        packed = scope["type"] == "http" and path_below(scope).startswith(PACKED)
        app = self._plain if packed else self._gzip
        await app(scope, receive, send)
