"""Answers in gzip, where that makes them smaller."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PACKED = ("/v1/stills/", "/v1/media/", "/v1/reels/")
"""Pictures and films are packed already, and a range of bytes is of the film as it lies."""


class Compression:
    """ASGI middleware: gzip for whoever accepts it, of everything but pictures and films."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer packed or plain."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        app = self._plain if path.startswith(PACKED) else self._gzip
        await app(scope, receive, send)
