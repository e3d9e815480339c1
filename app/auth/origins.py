"""Detects requests that a page of another site makes a browser send."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, section 9.2.1)."""


def is_foreign(connection: HTTPConnection, allowed: Collection[str] = ()) -> bool:
    """Return whether a page of another site, or of another port of this machine, sent a request.

    Browsers send the page's origin (``Origin``) and whether it is the server's own
    (``Sec-Fetch-Site``); other programs send neither. A request with ``Authorization`` is not
    foreign: another site cannot add one unless ``api.origins`` allows it.

    Args:
        connection: the request or websocket.
        allowed: permitted origins, such as ``https://promo.example.org``.
    """
    headers = connection.headers
    origin = headers.get("origin")
    if "authorization" in headers or origin in allowed:
        return False
    if origin is not None and _is_same(origin, headers.get("host", "")):
        return False
    # Behind a proxy, the host may differ from the page's.
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None


def _is_same(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.casefold() == host.casefold() != ""
    except ValueError:
        return False
