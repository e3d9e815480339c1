"""Requests to the API in the same process: the client of the API without a network."""

import httpx
from anyio import from_thread
from starlette.types import ASGIApp

ADDRESS = "http://reelfind"
"""Stands in for an address: nothing is sent there."""


class InProcess(httpx.BaseTransport):
    """Sends the requests of a client to an ASGI application, mounted under ``/api``.

    Called in a worker thread of the event loop that runs the application.

    Args:
        app: the API.
        caller: address and port of the caller, for the API's own checks.
    """

    def __init__(self, app: ASGIApp, caller: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self._app = httpx.ASGITransport(app, root_path="/api", client=caller)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer to a request."""
        request.headers["Accept-Encoding"] = "identity"
        return from_thread.run(self._handle, request)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)
