"""A small reverse proxy: a site that has the application below a path, and nothing elsewhere."""

import asyncio
from contextlib import suppress

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

KEPT = ("cookie", "origin")
"""Headers of a websocket that are passed on."""


def proxy(target: str, path: str, *, strips: bool) -> Starlette:
    """Return a site that passes what is below ``path`` on to ``target``, such as http://host:port.

    Args:
        target: the application's server.
        path: such as ``/reelfind``.
        strips: whether ``path`` is taken off.
    """
    # No connection outlives its request, so that none is left when the proxy ends.
    limits = httpx.Limits(max_keepalive_connections=0)
    client = httpx.AsyncClient(base_url=target, timeout=60, limits=limits, verify=False)

    def inner(scope_path: str) -> str:
        return scope_path.removeprefix(path) or "/" if strips else scope_path

    async def pass_on(request: Request) -> Response:
        url = httpx.URL(path=inner(request.url.path), query=request.url.query.encode())
        body = request.stream() if "content-length" in request.headers else None
        asked = client.build_request(request.method, url, headers=request.headers.raw, content=body)
        answer = await client.send(asked, stream=True)
        passed = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        passed.raw_headers = answer.headers.raw
        return passed

    async def connect_through(outer: WebSocket) -> None:
        there = httpx.URL(target)
        kept = {name: outer.headers[name] for name in KEPT if name in outer.headers}
        async with connect(
            # Connects to the server, and names the host that the browser named.
            f"ws://{outer.headers['host']}{inner(outer.url.path)}",
            host=there.host,
            port=there.port,
            subprotocols=outer.scope["subprotocols"] or None,
            additional_headers=kept,
            max_size=None,
        ) as inside:
            await outer.accept(subprotocol=inside.subprotocol)
            ways = _up(outer, inside), _down(outer, inside)
            both = [asyncio.create_task(each) for each in ways]
            _, rest = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for each in rest:
                each.cancel()

    below = f"{path}{{rest:path}}"
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[WebSocketRoute(below, connect_through), Route(below, pass_on, methods=methods)]
    )


async def _up(outer: WebSocket, there: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while (message := await outer.receive())["type"] == "websocket.receive":
            await there.send(message.get("bytes") or message["text"])


async def _down(outer: WebSocket, there: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in there:
            if isinstance(message, bytes):
                await outer.send_bytes(message)
            else:
                await outer.send_text(message)
