"""Searching an index that an earlier version made: what still finds something, and what is said."""

from collections.abc import Mapping

from app.search.request import RequestError, SearchRequest, SearchRoute
from indexer.settings import SearchSettings
from indexer.store.names import DIALOGUE, PICTURE, PREDICTED, WORDS
from indexer.versions import SCHEMA_VERSION, renewed_since, version_of

_MADE = "index was made by an earlier version of Reelfind"

_VECTORS: Mapping[SearchRoute, str] = {
    "picture": PICTURE,
    "still": PICTURE,
    "clip": PICTURE,
    "dialogue": DIALOGUE,
    "words": WORDS,
    "context": PREDICTED,
}
"""What each route compares with; likeness compares stored vectors with each other."""


def closed_routes(pair: str) -> list[SearchRoute]:
    """Return the routes that find nothing in a pair, since its vectors are of an earlier version.

    Raises:
        ReelfindError: its points cannot be read at all.
    """
    renewed = renewed_since(pair)
    return [route for route, vector in _VECTORS.items() if vector in renewed]


def without_closed(settings: SearchSettings, pair: str, request: SearchRequest) -> SearchSettings:
    """Return settings by which a request goes by no route that is closed.

    Raises:
        RequestError: the request asks for one.
    """
    closed = closed_routes(pair)
    given: Mapping[SearchRoute, str | None] = {"still": request.still, "clip": request.clip}
    for route in closed:
        field = "routes" if route in request.routes else route if given.get(route) else None
        if field is not None:
            raise RequestError(
                field,
                f"the {_MADE}, which the route {route} does not fit; run `reelfind index` to "
                "bring it up to date, or search without",
            )
    return settings.model_copy(update={"weights": settings.weights | dict.fromkeys(closed, 0.0)})


def notice_of(pair: str | None) -> str:
    """Return what to say of searching a pair; nothing where it is of this version.

    Raises:
        ReelfindError: its points cannot be read at all.
    """
    if pair is None or version_of(pair) == SCHEMA_VERSION:
        return ""
    closed = closed_routes(pair)
    loss = f", so nothing is found by {' and '.join(closed)}" if closed else ""
    return (
        f"The {_MADE}{loss}. Run `reelfind index` to bring it up to date: "
        "no film is read again, and searches go on meanwhile."
    )
