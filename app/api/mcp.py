"""The tools for assistants over HTTP: MCP's streamable HTTP at ``/api/mcp``."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.mcp import check_installed
from indexer.errors import ReelfindError

if TYPE_CHECKING:
    from app.auth.authenticator import Authenticator
    from app.mcp.endpoint import Endpoint

PATH = "/mcp"


class Gatekeeper:
    """Admits callers with scope ``read``; the tools ask the API, which wants more where it must.

    The SDK is loaded with the first message: it takes a second.
    """

    def __init__(self, api: FastAPI) -> None:
        self._api = api
        self._endpoint: Endpoint | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a message.

        Raises:
            RefusedError: the caller may not read.
            HTTPException: the package ``mcp`` is not installed.
        """
        request = Request(scope, receive)
        authenticator: Authenticator | None = self._api.state.authenticator
        if authenticator is not None:
            request.state.caller = await run_in_threadpool(authenticator.admit, request, "read")
        if self._endpoint is None:
            self._endpoint = await run_in_threadpool(self._load)
        await self._endpoint(scope, receive, send)

    def _load(self) -> "Endpoint":
        try:
            check_installed()
        except ReelfindError as error:
            raise HTTPException(HTTPStatus.NOT_IMPLEMENTED, str(error)) from error
        from app.mcp.endpoint import Endpoint

        return Endpoint(self._api)


class McpRoute(Route):
    """The route; logs and metrics name it as they do those of FastAPI."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["route"] = self
        await super().handle(scope, receive, send)


def mcp_route(api: FastAPI) -> Route:
    """Return the route of the tools of an API."""
    return McpRoute(PATH, Gatekeeper(api), methods=["POST"], include_in_schema=False, name="mcp")
