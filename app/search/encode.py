"""From words, examples and pictures to the vectors of a query's routes."""

import numpy as np

from app.search.examples import Examples
from app.search.plan import AwayFrom, Query, Route
from app.search.quotes import phrases, unquoted
from app.search.request import RequestError, SearchRequest, SearchRoute
from app.search.similarity import Vector, example_vectors, rocchio
from indexer.models import Models
from indexer.settings import SearchSettings
from indexer.store.base import Store
from indexer.store.names import CONTEXT, DIALOGUE, PICTURE, PREDICTED, WORDS
from indexer.store.sparse import Bm25Words


class QueryEncoder:
    """Makes the queries of a request.

    Args:
        store: holds the vectors of examples that are named by their ids.
        pair: where in the store.
        models: the networks.
        settings: weights of the routes; one of weight 0 is taken only where it is named.
        given: the examples that the request itself contains.
    """

    def __init__(
        self,
        store: Store,
        pair: str,
        models: Models,
        settings: SearchSettings,
        given: Examples,
    ) -> None:
        self._store = store
        self._pair = pair
        self._models = models
        self._settings = settings
        self._words = Bm25Words()
        self._given = given

    def query(self, request: SearchRequest) -> Query:
        """Return the query of a request's words and examples.

        Raises:
            RequestError: an example is unknown or cannot be read here, or no route applies.
        """
        routes = self._text_routes(request, request.q)
        if request.still and self._wanted(request, "still"):
            routes.append(self._still_route())
        if request.clip and self._wanted(request, "clip"):
            routes.append(self._clip_route())
        away_from = None
        if (request.positive_ids or request.negative_ids) and self._wanted(request, "like"):
            if request.only_negative:
                vector = rocchio([], self._negatives(request), 1.0)
                away_from = AwayFrom(vector, self._weight("like"))
            else:
                routes.append(self._like_route(request))
        return _query(request.q, routes, away_from)

    def text_query(self, request: SearchRequest, text: str) -> Query:
        """Return the query of other words of a request: those of ``then`` or ``also``.

        Raises:
            RequestError: no route applies.
        """
        return _query(text, self._text_routes(request, text))

    def _text_routes(self, request: SearchRequest, text: str) -> list[Route]:
        """Return the wanted routes that can answer these words; the context comes last."""
        plain = unquoted(text)
        if not plain:
            return []
        backbones = self._models.backbones
        negative = request.without.strip()
        asked = [plain, negative] if negative else [plain]
        routes = []
        seen: list[float] | None = None
        if self._wanted(request, "picture"):
            vectors = backbones.video.embed_query(asked)
            seen = _listed(vectors[0])
            weight = self._weight("picture")
            negative_vector = _second(vectors)
            routes.append(
                Route("picture", PICTURE, (seen,), weight, negative_vector=negative_vector)
            )
        spoken: Vector | None = None
        if self._wanted(request, "dialogue") or self._wanted(request, "context"):
            spoken = backbones.text.embed_query(asked)
        if spoken is not None and self._wanted(request, "dialogue"):
            said = _listed(spoken[0])
            routes.append(
                Route(
                    *("dialogue", DIALOGUE, (said,), self._weight("dialogue")),
                    min_score=self._settings.least_dialogue,
                    min_share=self._settings.line_to_picture if said == seen else None,
                    negative_vector=_second(spoken),
                )
            )
        sparse = self._words.query(plain)
        if sparse is not None and self._wanted(request, "words"):
            routes.append(Route("words", WORDS, (sparse,), self._weight("words"), floor=0.0))
        if spoken is not None and self._wanted(request, "context"):
            vector, weight = self._predicted(plain, spoken[0]), self._weight("context")
            # Without a line to go by, the neighbours' lines are no better (docs/results/search.md).
            needs_line = not request.routes
            routes.append(Route("context", PREDICTED, (vector,), weight, needs_line=needs_line))
        return routes

    def _still_route(self) -> Route:
        if self._given.still is None:
            raise _not_read("still")
        picture = self._models.backbones.video.embed_frames([self._given.still])
        return Route("still", PICTURE, (_listed(picture.aligned[0]),), self._weight("still"))

    def _clip_route(self) -> Route:
        if self._given.clip is None:
            raise _not_read("clip")
        return Route("clip", PICTURE, tuple(map(_listed, self._given.clip)), self._weight("clip"))

    def _like_route(self, request: SearchRequest) -> Route:
        near = example_vectors(self._store, self._pair, "like", request.like)
        near += example_vectors(self._store, self._pair, "good", request.good)
        vector = rocchio(near, self._negatives(request), self._settings.negative)
        return Route("like", CONTEXT, (_listed(vector),), self._weight("like"))

    def _negatives(self, request: SearchRequest) -> list[Vector]:
        far = example_vectors(self._store, self._pair, "unlike", request.unlike)
        return far + example_vectors(self._store, self._pair, "bad", request.bad)

    def _wanted(self, request: SearchRequest, route: SearchRoute) -> bool:
        """Say whether a request goes by a route, if it has something for it."""
        if request.routes:
            return route in request.routes
        # Whoever gives an example wants it to count.
        of_example = route in ("like", "still", "clip")
        return of_example or self._settings.weights.get(route, 0.0) > 0

    def _weight(self, route: SearchRoute) -> float:
        """Return the weight of a route; one that is named counts, even if switched off."""
        return self._settings.weights.get(route, 0.0) or 1.0

    def _predicted(self, text: str, spoken: Vector) -> list[float]:
        """Return words as the parts that they fill of a fused embedding."""
        both = len(self._models.description.worded) > 1
        seen = [self._models.backbones.video.embed_query([text])[0]] if both else []
        return _listed(rocchio([np.concatenate([*seen, spoken])], [], 0.0))


def _query(text: str, routes: list[Route], away_from: AwayFrom | None = None) -> Query:
    if not routes:
        raise RequestError("routes", "none of them can answer this search; name others or none")
    return Query(text, tuple(routes), tuple(phrases(text)), away_from)


def _not_read(field: str) -> RequestError:
    return RequestError(field, "cannot be read here; ask `reelfind search` or the server")


def _second(vectors: Vector) -> list[float] | None:
    """Return the second of two vectors, that of the words hits should be without."""
    return _listed(vectors[1]) if len(vectors) > 1 else None


def _listed(vector: Vector) -> list[float]:
    return [float(each) for each in vector]
