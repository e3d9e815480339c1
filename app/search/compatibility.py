"""Searches of an index from an earlier version: the routes that still work, and the notice."""

from collections.abc import Iterable, Mapping

from app.search.filters import COMPARED
from app.search.request import RequestError, SearchRequest, SearchRoute
from indexer.pipeline_sections import SearchSettings
from indexer.store.names import DIALOGUE, PICTURE, PREDICTED, WORDS
from indexer.versions import SCHEMA_VERSION, kinds_missing, renewed_since, version_of

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


def incompatible_routes(pair: str) -> list[SearchRoute]:
    """Return the routes that cannot be used: their vectors in a pair are of an earlier version.

    Raises:
        ReelfindError: its points cannot be read at all.
    """
    renewed = renewed_since(pair)
    return [route for route, vector in _VECTORS.items() if vector in renewed]


def compatible_settings(
    settings: SearchSettings, pair: str, request: SearchRequest
) -> SearchSettings:
    """Return settings with a weight of 0 for the routes that do not work on a pair.

    Raises:
        RequestError: the request names one of them.
    """
    unfit = incompatible_routes(pair)
    given: Mapping[SearchRoute, str | None] = {"still": request.still, "clip": request.clip}
    for route in unfit:
        field = "routes" if route in request.routes else route if given.get(route) else None
        if field is not None:
            raise RequestError(
                field,
                f"the {_MADE}, which the route {route} does not fit; run `reelfind index` to "
                "bring it up to date, or search without",
            )
    return settings.model_copy(update={"weights": settings.weights | dict.fromkeys(unfit, 0.0)})


def check_filters(pair: str, fields: Iterable[str]) -> None:
    """Check that the points of a pair have what the filters of these fields compare.

    Raises:
        RequestError: they do not, which came with a later version.
    """
    missing = kinds_missing(pair)
    for field in fields:
        compare = COMPARED.get(field)
        if compare is not None and compare.kind in missing:
            raise RequestError(
                field,
                f"the {_MADE}, which cannot be filtered by {field}; run `reelfind index` to "
                "bring it up to date, or search without",
            )


def notice_of(pair: str | None) -> str:
    """Return the notice on searches of a pair; empty if it is of the current version.

    Raises:
        ReelfindError: its points cannot be read at all.
    """
    if pair is None or version_of(pair) == SCHEMA_VERSION:
        return ""
    unfit = incompatible_routes(pair)
    loss = f", so nothing is found by {' and '.join(unfit)}" if unfit else ""
    missing = kinds_missing(pair)
    kinds = (compare.kind for compare in COMPARED.values() if compare.kind in missing)
    names = list(dict.fromkeys(kinds))  # Each kind has a filter of its name, and may have others.
    lack = f" It cannot be filtered by {', '.join(names[:-1])} or {names[-1]}." if names else ""
    return (
        f"The {_MADE}{loss}.{lack} Run `reelfind index` to bring it up to date: "
        "no film is read again, and searches go on meanwhile."
    )
