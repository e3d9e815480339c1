"""The addresses of a Qdrant server: any node of a cluster answers for all, and one may be away."""

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from qdrant_client.http.exceptions import ResponseHandlingException

from indexer.errors import ReelfindError
from indexer.network import addresses_in, without_user

AWAY = (502, 503, 504)
"""Statuses of a node that is starting, or of a proxy without its node."""
CONNECT_TIMEOUT = 5.0
"""Seconds to wait for a connection: a machine that is switched off refuses none."""
PORT = 6333
"""Qdrant's own, which an address without a port means."""

Send = Callable[[httpx.Request], httpx.Response]


class Addresses:
    """Sends requests to the address that answered last, or to the next one that does. Thread-safe.

    Args:
        setting: one address or several, with commas between them.

    Raises:
        ReelfindError: one of them is no URL.
    """

    def __init__(self, setting: str) -> None:
        self.urls = addresses_in(setting) or [setting]
        self._bases = [_base(url) for url in self.urls]
        self._current = 0

    def send(self, request: httpx.Request, send: Send) -> httpx.Response:
        """Return the answer to a request that was made for the first address.

        A request may reach several addresses, of which one did not answer in time; see
        ``indexer.store.patience`` for why this does no harm.

        Raises:
            ResponseHandlingException: no address can be reached.
        """
        path = request.url.raw_path.removeprefix(self._bases[0].raw_path)
        first, count = self._current, len(self._bases)
        for place in [*range(first, count), *range(first)]:
            is_last = (place + 1) % count == first
            base = self._bases[place]
            request.url = base.copy_with(raw_path=base.raw_path + path)
            request.headers["Host"] = request.url.netloc.decode("ascii")
            request.extensions["timeout"]["connect"] = CONNECT_TIMEOUT
            try:
                response = send(request)
            except ResponseHandlingException as error:
                if is_last or not isinstance(error.source, httpx.TransportError):
                    raise
                continue
            if response.status_code not in AWAY:
                self._current = place
            elif not is_last:
                continue
            return response
        raise AssertionError("there is an address")


def _base(url: str) -> httpx.URL:
    """Return an address whose path ends with a slash."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or "," in (parts.hostname or ","):
            raise ValueError
        return httpx.URL(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or PORT,
            path=parts.path.rstrip("/") + "/",
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise ReelfindError(
            f"{without_user(url)}: not the address of a Qdrant server; set REELFIND_QDRANT_URL to"
            " an address like http://localhost:6333, or to several with commas between them"
        ) from error
