"""Encodes words, examples and images as the vectors of a query's routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from app.search.examples import Examples
from app.search.plan import AwayFrom, Query, Route
from app.search.preferences import condition, read_preferences, says_more
from app.search.quotes import phrases, unquoted
from app.search.request import RequestError, SearchRequest, SearchRoute
from app.search.similarity import Vector, example_vectors, rocchio
from indexer.alike import weighed
from indexer.models import Models
from indexer.pipeline_sections import SearchSettings
from indexer.store.base import Store
from indexer.store.names import ALIKE, CONTEXT, DIALOGUE, PICTURE, PREDICTED, WORDS
from indexer.store.sparse import Bm25Words
from indexer.versions import kinds_missing, renewed_since


@dataclass(frozen=True, eq=False)
class QueryEncoder:
    """Makes the queries for a request.

    Args:
        store: holds the vectors of examples that are named by their ids.
        pair: where in the store.
        models: the networks.
        settings: weights of the routes; one of weight 0 is taken only where it is named.
        examples: those that the request itself contains.
    """

    store: Store
    pair: str
    models: Models
    settings: SearchSettings
    examples: Examples
    _sentences: dict[str, Vector] = field(default_factory=dict)

    def queries(self, request: SearchRequest) -> tuple[Query, ...]:
        """Return the query of a request's words and examples, and that of ``then`` or ``also``.

        Raises:
            RequestError: an example is unknown or cannot be read here, or no route applies.
        """
        weights = self._weights(request)
        routes = self._text_routes(request, request.q, weights)
        if request.still and "still" in weights:
            routes.append(self._still_route(weights["still"]))
        if request.clip and "clip" in weights:
            routes.append(self._clip_route(weights["clip"]))
        away_from = None
        if (request.positive_ids or request.negative_ids) and "like" in weights:
            if request.only_negative:
                away_from = AwayFrom(*self._examples(request), weights["like"])
            else:
                using, vector = self._examples(request)
                routes.append(Route("like", using, (vector.tolist(),), weights["like"]))
        first = self._query(request, request.q, routes, away_from)
        words = request.then if request.then.strip() else request.also
        if not words.strip():
            return (first,)
        return first, self._query(request, words, self._text_routes(request, words, weights))

    def _query(
        self,
        request: SearchRequest,
        text: str,
        routes: list[Route],
        away_from: AwayFrom | None = None,
    ) -> Query:
        if not routes and not self._is_nonsense(unquoted(text)):
            raise RequestError("routes", "none of them can answer this search; name others or none")
        preferred = []
        if self.settings.preference > 0 and not request.routes:
            preferred = read_preferences(text, request.as_words, kinds_missing(self.pair))
        only = bool(preferred) and not says_more(text, preferred)
        weight = self.settings.preference
        routes += [
            Route(
                *("preference", PICTURE, each.vectors, weight),
                condition=condition(preference),
                said=preference.said,
            )
            for each in routes
            if each.name == "picture"
            for preference in preferred
        ]
        return Query(text, tuple(routes), tuple(preferred), only, tuple(phrases(text)), away_from)

    def _weights(self, request: SearchRequest) -> Mapping[SearchRoute, float]:
        """Return the weights of the routes for a request, as far as it has input for them."""
        weights = self.settings.weights
        if request.routes:
            # A route that the request names is used, even if its weight is 0.
            return {route: weights.get(route, 0.0) or 1.0 for route in request.routes}
        by_words: tuple[SearchRoute, ...] = ("picture", "dialogue", "words", "context")
        by_example: tuple[SearchRoute, ...] = ("like", "still", "clip")
        # An example in the request is always used.
        return {route: weights[route] for route in by_words if weights.get(route, 0.0) > 0} | {
            route: weights.get(route, 0.0) or 1.0 for route in by_example
        }

    def _text_routes(
        self, request: SearchRequest, text: str, weights: Mapping[SearchRoute, float]
    ) -> list[Route]:
        """Return the routes for these words; the context route comes last."""
        plain = unquoted(text)
        if not plain:
            return []
        backbones = self.models.backbones
        if self._is_nonsense(plain):
            weights = {route: weight for route, weight in weights.items() if route == "words"}
        routes = []
        seen: list[float] | None = None
        if "picture" in weights:
            # Python's own numbers, which the store takes.
            seen = backbones.video.embed_query([plain])[0].tolist()
            routes.append(Route("picture", PICTURE, (seen,), weights["picture"]))
        spoken: Vector | None = None
        if "dialogue" in weights or "context" in weights:
            spoken = self._sentence(plain)
        if spoken is not None and "dialogue" in weights:
            said = spoken.tolist()
            routes.append(
                Route(
                    *("dialogue", DIALOGUE, (said,), weights["dialogue"]),
                    min_score=self.settings.least_dialogue,
                    min_share=self.settings.line_to_picture if said == seen else None,
                )
            )
        sparse = Bm25Words().query(plain) if "words" in weights else None
        if sparse is not None:
            routes.append(Route("words", WORDS, (sparse,), weights["words"], floor=0.0))
        if spoken is not None and "context" in weights:
            vector = self._predicted(plain, spoken)
            # Without a matching line, the neighbours' lines do not help (docs/results/search.md).
            needs_line = not request.routes
            routes.append(
                Route("context", PREDICTED, (vector,), weights["context"], needs_line=needs_line)
            )
        return routes

    def _is_nonsense(self, plain: str) -> bool:
        """Return whether words are random letters: nothing looks or sounds like them."""
        if not plain:
            return False
        return self.models.nonsense.share(self._sentence(plain)) >= self.settings.nonsense

    def _sentence(self, plain: str) -> Vector:
        """Return the sentence embedding [d] of words; each is embedded once."""
        if plain not in self._sentences:
            self._sentences[plain] = self.models.backbones.text.embed_query([plain])[0]
        return self._sentences[plain]

    def _still_route(self, weight: float) -> Route:
        if self.examples.still is None:
            raise _not_read("still")
        picture = self.models.backbones.video.embed_frames([self.examples.still])
        return Route("still", PICTURE, (picture.aligned[0].tolist(),), weight)

    def _clip_route(self, weight: float) -> Route:
        if self.examples.clip is None:
            raise _not_read("clip")
        return Route("clip", PICTURE, tuple(self.examples.clip.tolist()), weight)

    def _examples(self, request: SearchRequest) -> tuple[str, Vector]:
        """Return what examples are compared by, and their vector [d]: the wanted less the others.

        Marks alone go by the in-context embedding, which brings more right hits to the front (see
        ``docs/results/search.md``), and so do all examples in a pair that has nothing else.
        """
        marks_alone = not (request.like or request.unlike)
        earlier = ALIKE in renewed_since(self.pair)
        using = CONTEXT if marks_alone or earlier else ALIKE
        near, far = (
            [
                vector
                for field in fields
                for vector in example_vectors(
                    *(self.store, self.pair, field, getattr(request, field)),
                    *(self.settings.title_shots, using),
                )
            ]
            for fields in (("like", "good"), ("unlike", "bad"))
        )
        vector = rocchio(near, far, self.settings.negative)
        if using == CONTEXT:
            return using, vector
        return using, weighed(vector, self.models.description.text.dimension, request.story)

    def _predicted(self, text: str, spoken: Vector) -> list[float]:
        """Return the parts of a fused embedding that words fill."""
        omni = self.models.backbones.omni
        if omni is not None:
            whole: list[float] = omni.embed_query([text])[0].tolist()
            return whole
        both = len(self.models.description.worded) > 1
        seen = [self.models.backbones.video.embed_query([text])[0]] if both else []
        vector: list[float] = rocchio([np.concatenate([*seen, spoken])], [], 0.0).tolist()
        return vector


def _not_read(field: str) -> RequestError:
    return RequestError(field, "cannot be read here; ask `reelfind search` or the server")
