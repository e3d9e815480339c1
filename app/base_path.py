"""Serves the application below a path, such as `https://tools.example/reelfind/`."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class BasePath:
    """ASGI middleware: outermost, so that everything inside knows the path as its ``root_path``.

    A proxy may pass the path on or take it off: both come to the same. A request without the path,
    such as that of a health check on the server's own port, is answered too.

    Args:
        app: the application.
        path: such as ``/reelfind``; empty for the root.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if not self._path or scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == self._path:
            # Relative addresses in the pages need the slash.
            query = scope["query_string"].decode("latin-1")
            target = f"{self._path}/{'?' * bool(query)}{query}"
            await RedirectResponse(target)(scope, receive, send)
        else:
            await self._app(self._below(scope), receive, send)

    def _below(self, scope: Scope) -> Scope:
        changed = {**scope, "root_path": self._path}
        if not scope["path"].startswith(f"{self._path}/"):
            changed["path"] = self._path + scope["path"]
            if scope.get("raw_path"):
                changed["raw_path"] = self._path.encode("ascii") + scope["raw_path"]
        return changed


def path_below(scope: Scope) -> str:
    """Return the path of a request below where the application that answers it is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
