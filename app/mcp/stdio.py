"""The MCP server over standard input and output, for assistants that start it themselves."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import httpx
from anyio import to_thread
from mcp.server import ServerRequestContext
from mcp.server.stdio import stdio_server

from app.mcp.in_process import ADDRESS, InProcess
from app.mcp.server import make_server
from app.remote import Client
from app.running import running_server
from indexer.errors import ReelfindError
from indexer.settings import Settings

if TYPE_CHECKING:
    from app.mcp.own_index import OwnIndex

KEY = "REELFIND_API_KEY"
"""The environment variable with the key for the server that is asked."""


def run(data: Path, settings: Settings, server: str | None = None, read_only: bool = False) -> None:
    """Answer an assistant until it closes the standard input.

    Args:
        data: the data directory.
        settings: its settings.
        server: the address of a server to ask instead.
        read_only: offer no tool that changes something.

    Raises:
        ReelfindError: there is no such data directory, or the address is none.
    """
    if server is not None:
        _check(server)
    elif not data.is_dir():
        raise ReelfindError(
            f"{data}: no such data directory; name it with --data and its whole path, or index "
            "films into it with `reelfind index FOLDER`"
        )
    anyio.run(_run, Backend(data, settings, server), read_only)


async def _run(backend: "Backend", read_only: bool) -> None:
    server = make_server(backend.connect, read_only)
    async with stdio_server() as (messages, answers):
        try:
            await server.run(messages, answers, server.create_initialization_options())
        finally:
            with anyio.CancelScope(shield=True):
                await backend.close()


def _check(address: str) -> None:
    """Check that ``address`` is that of a server."""
    try:
        read = urlsplit(address)
        valid = read.scheme in ("http", "https") and bool(read.hostname)
    except ValueError:
        valid = False
    if not valid:
        raise ReelfindError(
            f"--server {address}: not the address of a server; write it as "
            "https://films.example.org or http://127.0.0.1:8501"
        )


class Backend:
    """What tools ask: a named server, the server of the data directory, or the index itself."""

    def __init__(self, data: Path, settings: Settings, server: str | None = None) -> None:
        self._data = data
        self._settings = settings
        self._server = server
        self._own: OwnIndex | None = None

    @asynccontextmanager
    async def connect(
        self, _context: ServerRequestContext[Any], agent: str
    ) -> AsyncIterator[Client]:
        """Open a client for one call."""
        client = await to_thread.run_sync(self._running, agent)
        if client is not None:
            with client:
                yield client
            return
        async with self._own_index().api() as api:
            with Client(ADDRESS, agent=agent, transport=InProcess(api)) as client:
                yield client

    async def close(self) -> None:
        """Close the index, if it is open."""
        if self._own is not None:
            await self._own.close()

    def _running(self, agent: str) -> Client | None:
        """Return a client of the server; None if none runs over the data directory."""
        key = os.environ.get(KEY)
        if self._server is not None:
            return Client(self._server, key, agent=agent)
        server = running_server(self._data)
        if server is None:
            return None
        client = Client(server.address, key or server.key, agent=agent)
        try:
            client.is_ready()
        except httpx.HTTPError:
            # It died, or stops.
            client.close()
            return None
        return client

    def _own_index(self) -> "OwnIndex":
        if self._own is None:
            # A process that asks a server needs none of this.
            from app.mcp.own_index import OwnIndex

            self._own = OwnIndex(self._data, self._settings)
        return self._own
