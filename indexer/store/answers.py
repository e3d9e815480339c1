"""What a Qdrant server's failures mean to a user."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import (
    ApiException,
    ResponseHandlingException,
    UnexpectedResponse,
)

from indexer.errors import ReelfindError


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
        raise ReelfindError(
            f"{server}: no usable answer from a Qdrant server ({_line(cause)}); start it, or"
            " correct REELFIND_QDRANT_URL"
        ) from error
    except (ApiException, QdrantException) as error:
        raise ReelfindError(
            f"{server}: the Qdrant server cannot answer now ({_line(error)}); try again later"
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
    return ReelfindError(
        f"{server}: the Qdrant server answered {error.status_code} ({_reason(error)}); see its log"
    )


def _reason(error: UnexpectedResponse) -> str:
    try:
        return str(json.loads(error.content)["status"]["error"])
    except (ValueError, KeyError, TypeError):
        return error.reason_phrase


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
