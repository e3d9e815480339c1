"""Translates a Qdrant server's failures into messages for users."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import httpx
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import (
    ApiException,
    ResponseHandlingException,
    UnexpectedResponse,
)

from indexer.errors import ReelfindError, ServerAwayError

PASSING = (408, 429, 502, 503, 504)
"""Statuses that say nothing of the request: too busy, starting, or a proxy without its server."""

_REPLICA_AWAY = re.compile(
    r"unavailable|replica|transport error|timed? ?out|failed to connect"
    r"|connection (refused|reset|closed)",
    re.IGNORECASE,
)
"""A cluster answers 500 to what a node that is away, or that lags behind, has no part in yet.

Not every replica then has what was written. All have it when the same is written again, which
Qdrant leaves to its clients (https://github.com/qdrant/qdrant/issues/4626).
"""
_FULL = re.compile(r"no space left|disk is full|out of (disk|memory)", re.IGNORECASE)


@contextmanager
def server_errors(server: str, collection: str | None = None) -> Iterator[None]:
    """Turn the client's errors into one line each that names the server and the next step.

    Args:
        server: its URL.
        collection: the one that is asked for, which a 404 then means.
    """
    try:
        yield
    except UnexpectedResponse as error:
        raise _refusal(server, collection, error) from error
    except (ResponseHandlingException, json.JSONDecodeError) as error:
        cause = error.source if isinstance(error, ResponseHandlingException) else error
        kind = ServerAwayError if isinstance(cause, httpx.TransportError) else ReelfindError
        raise kind(
            f"{server}: no usable answer from a Qdrant server ({_line(cause)}); start it, or"
            " correct REELFIND_QDRANT_URL"
        ) from error
    except (ApiException, QdrantException) as error:
        pause = error.retry_after_s if isinstance(error, ResourceExhaustedResponse) else 0
        raise ServerAwayError(
            f"{server}: the Qdrant server cannot answer now ({_line(error)}); try again later",
            pause,
        ) from error


def missing(server: str, collection: str) -> ReelfindError:
    """Return the error of a collection that does not exist."""
    return ReelfindError(
        f"{server}: there is no collection {collection}; run `reelfind index` first"
    )


def _refusal(server: str, collection: str | None, error: UnexpectedResponse) -> ReelfindError:
    if error.status_code in (401, 403):
        return ReelfindError(
            f"{server}: the Qdrant server refuses the API key; set REELFIND_QDRANT_API_KEY to one"
            " that may read and write"
        )
    if error.status_code == 404 and collection is not None:
        return missing(server, collection)
    reason = _reason(error)
    told = f"{server}: the Qdrant server answered {error.status_code} ({reason}); see its log"
    is_replica = error.status_code == 500 and _REPLICA_AWAY.search(reason)
    if error.status_code in PASSING or (is_replica and not _FULL.search(reason)):
        return ServerAwayError(told, _pause(error.headers.get("Retry-After", "")))
    return ReelfindError(told)


def _pause(told: str) -> float:
    """Return the seconds to wait that a ``Retry-After`` asks for; it may be a date."""
    if told.strip().isdecimal():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    return max(0.0, until.timestamp() - time.time())


def _reason(error: UnexpectedResponse) -> str:
    try:
        return str(json.loads(error.content)["status"]["error"])
    except (ValueError, KeyError, TypeError):
        return error.reason_phrase


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
