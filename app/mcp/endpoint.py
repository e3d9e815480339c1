"""The MCP server over streamable HTTP, in the server that has the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server import ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.mcp.in_process import ADDRESS, InProcess
from app.mcp.server import make_server
from app.remote import Client


class Endpoint:
    """Answers messages without sessions, so that nothing is kept between two of them.

    Args:
        api: the API, which tools ask with the key of the message.
    """

    def __init__(self, api: ASGIApp) -> None:
        self._api = api
        self._server = make_server(self._connect)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a message."""
        # One for each message: what it starts ends with the message, and needs no start-up.
        manager = StreamableHTTPSessionManager(self._server, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    @asynccontextmanager
    async def _connect(
        self, context: ServerRequestContext[Any], agent: str
    ) -> AsyncIterator[Client]:
        request = context.request
        assert isinstance(request, Request), "a message over HTTP comes with its request"
        key = request.headers.get("authorization", "").partition(" ")[2].strip()
        caller = (request.client.host, request.client.port) if request.client else ("", 0)
        transport = InProcess(self._api, caller)
        with Client(ADDRESS, key or None, agent=agent, transport=transport) as client:
            yield client
