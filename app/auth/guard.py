"""Guards the browser application: the sign-in page, and a check of the server's names.

The pages use the catalogue in the server's own process, so anyone who can open them can search
and label. Where keys are needed, the pages are served only to a session, which a key with scope
write opens. The browser sends the session's cookie when the pages load stills and films from the
API. The API checks its own callers.
"""

import asyncio
from html import escape
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.problems import problem
from app.auth.authenticator import Authenticator, RefusedError
from app.auth.origins import SAFE, is_foreign
from app.auth.scopes import allows
from app.auth.sessions import COOKIE
from app.base_path import path_below
from app.reviews.page import REVIEW
from indexer.errors import NotNowError

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
LONGEST_FORM = 4096
"""Bytes."""

_PAGE = Path(__file__).with_name("sign_in.html").read_text(encoding="utf-8")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'",
}


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator, seconds: float = 30.0) -> None:
        """Wrap ``app``; the form of the sign-in page must arrive within ``seconds``."""
        self._app = app
        self._authenticator = authenticator
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._refusal(HTTPConnection(scope), scope, receive)
        except NotNowError as error:
            answer = _refused(scope, HTTPStatus.SERVICE_UNAVAILABLE, str(error))
            answer.headers["Retry-After"] = str(max(1, round(error.seconds)))
        if answer is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})
        else:
            await answer(scope, receive, send)

    async def _refusal(
        self, connection: HTTPConnection, scope: Scope, receive: Receive
    ) -> Response | None:
        """Return the refusal of a request; None passes it on."""
        host = connection.headers.get("host", "")
        if not self._authenticator.answers_to(host):
            return _refused(
                scope,
                HTTPStatus.BAD_REQUEST,
                f"This server does not go by the name {host[:100]!r}; "
                "add it to server.names in reelfind.toml if it should.",
            )
        path = path_below(scope)
        if self._changes(scope) and is_foreign(
            connection, self._authenticator.origins if _is_api(path) else ()
        ):
            return _refused(
                scope,
                HTTPStatus.FORBIDDEN,
                "A page of another site may not do this; where it should, add its origin to "
                "api.origins in reelfind.toml.",
            )
        if not self._authenticator.guarded or _is_api(path):
            return None
        if scope["type"] == "http" and path == REVIEW:
            return None  # The page has nothing in it; what it loads needs the key of a review.
        if scope["type"] == "http" and path == SIGN_IN:
            return await self._sign_in(Request(scope, receive))
        base = scope.get("root_path", "")
        if scope["type"] == "http" and path == SIGN_OUT:
            out = RedirectResponse(base + SIGN_IN, status_code=303)
            token = connection.cookies.get(COOKIE, "")
            await run_in_threadpool(self._authenticator.close_session, token)
            out.delete_cookie(COOKIE, path=base or "/")
            return out
        token = connection.cookies.get(COOKIE, "")
        caller = await run_in_threadpool(self._authenticator.caller_by_session, token)
        if caller is not None and allows(caller.scope, "write"):
            return None
        if "text/html" in connection.headers.get("accept", ""):
            return RedirectResponse(base + SIGN_IN, status_code=303)
        return PlainTextResponse(f"Sign in first, at {base}{SIGN_IN}.", status_code=401)

    @staticmethod
    def _changes(scope: Scope) -> bool:
        """Return whether a request changes something, or opens a page's live connection."""
        if scope["type"] == "websocket" or path_below(scope) == SIGN_OUT:
            return True
        return scope["method"] not in SAFE

    async def _sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            return _page("")
        body = b""
        try:
            async with asyncio.timeout(self._seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > LONGEST_FORM:
                        return _page("That is not a key.", 413)
        except TimeoutError:
            answer = _page("The key did not arrive in time; try again.", 408)
            answer.headers["Connection"] = "close"
            return answer
        key = parse_qs(body.decode("utf-8", "replace")).get("key", [""])[0].strip()
        address = request.client.host if request.client else ""
        try:
            caller = await run_in_threadpool(self._authenticator.caller_by_key, key, address)
        except RefusedError as error:
            return _page(f"{error}.".capitalize(), error.status)
        if not allows(caller.scope, "write"):
            return _page(
                "This key may only read, and these pages also label; use one with scope write.", 403
            )
        base = request.scope.get("root_path", "")
        token = await run_in_threadpool(self._authenticator.open_session, caller)
        inside = RedirectResponse(f"{base}/", status_code=303)
        inside.set_cookie(
            COOKIE,
            token,
            max_age=self._authenticator.session_seconds,
            # Other applications of the site do not get it.
            path=base or "/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return inside


def _is_api(path: str) -> bool:
    """Return whether the API answers, which checks its own callers."""
    return path == "/api" or path.startswith("/api/")


def _refused(scope: Scope, status: HTTPStatus, told: str) -> Response:
    """Return a refusal: in the API's error format for programs, as a line of text for browsers."""
    if _is_api(path_below(scope)):
        return problem(status, told)
    return PlainTextResponse(told, status)


def _page(message: str, status: int = 200) -> HTMLResponse:
    told = f'<p role="alert">{escape(message)}</p>' if message else ""
    return HTMLResponse(_PAGE.replace("<!-- message -->", told), status, _HEADERS)
