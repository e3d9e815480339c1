"""What a request asks of the routes: words, examples and pictures as vectors."""

import numpy as np

from app.search.examples import Sent
from app.search.likeness import Vector, examples, rocchio
from app.search.quotes import unquoted
from app.search.request import RequestError, SearchRequest, SearchRoute
from app.search.routes import Route
from indexer.models import Models
from indexer.settings import SearchSettings
from indexer.store.base import Store
from indexer.store.names import CONTEXT, DIALOGUE, PICTURE, PREDICTED, WORDS
from indexer.store.sparse import Bm25Words


class Asker:
    """Makes the routes of a request over one pair of collections."""

    def __init__(
        self,
        store: Store,
        name: str,
        models: Models,
        settings: SearchSettings,
        words: Bm25Words,
        sent: Sent,
    ) -> None:
        self._store = store
        self._name = name
        self._models = models
        self._settings = settings
        self._words = words
        self._sent = sent

    def of_words(self, request: SearchRequest, text: str) -> list[Route]:
        """Return the wanted routes that can answer these words; the context comes last."""
        plain = unquoted(text)
        if not plain:
            return []
        backbones = self._models.backbones
        away = request.without.strip()
        asked = [plain, away] if away else [plain]
        routes = []
        if self.wanted(request, "picture"):
            near = backbones.video.embed_query(asked)
            routes.append(Route("picture", PICTURE, _listed(near[0]), away=_away(near)))
        spoken: Vector | None = None
        if self.wanted(request, "dialogue") or self.wanted(request, "context"):
            spoken = backbones.text.embed_query(asked)
        if spoken is not None and self.wanted(request, "dialogue"):
            least = self._settings.least_dialogue
            routes.append(Route("dialogue", DIALOGUE, _listed(spoken[0]), least, _away(spoken)))
        sparse = self._words.query(plain)
        if sparse is not None and self.wanted(request, "words"):
            routes.append(Route("words", WORDS, sparse))
        if spoken is not None and self.wanted(request, "context"):
            routes.append(Route("context", PREDICTED, self._as_predicted(plain, spoken[0])))
        return routes

    def of_examples(self, request: SearchRequest) -> list[Route]:
        """Return the wanted routes of what is given as an example.

        Raises:
            RequestError: an example is unknown, or was not read.
        """
        routes = []
        if request.still and self.wanted(request, "still"):
            if self._sent.still is None:
                raise _not_read("still")
            picture = self._models.backbones.video.embed_frames([self._sent.still])
            routes.append(Route("still", PICTURE, _listed(picture.aligned[0])))
        if request.clip and self.wanted(request, "clip"):
            if self._sent.clip is None:
                raise _not_read("clip")
            first, *more = map(_listed, self._sent.clip)
            routes.append(Route("clip", PICTURE, first, more=tuple(more)))
        given = request.near or request.far
        if given and not request.only_far and self.wanted(request, "like"):
            near = self.near_examples(request)
            vector = rocchio(near, self.far_examples(request), self._settings.negative)
            routes.append(Route("like", CONTEXT, _listed(vector)))
        return routes

    def near_examples(self, request: SearchRequest) -> list[Vector]:
        """Return the in-context vectors of what hits are to be like."""
        near = examples(self._store, self._name, "like", request.like)
        return near + examples(self._store, self._name, "good", request.good)

    def far_examples(self, request: SearchRequest) -> list[Vector]:
        """Return the in-context vectors of what hits are not to be like."""
        far = examples(self._store, self._name, "unlike", request.unlike)
        return far + examples(self._store, self._name, "bad", request.bad)

    def wanted(self, request: SearchRequest, route: SearchRoute) -> bool:
        """Say whether a request goes by a route, if it has something for it."""
        if request.routes:
            return route in request.routes
        if route in ("like", "still", "clip"):
            # Who gives an example wants it to count.
            return True
        return self._settings.weights.get(route, 0.0) > 0

    def weight(self, route: SearchRoute) -> float:
        """Return the weight of a route; one that is named counts, even if switched off else."""
        return self._settings.weights.get(route, 0.0) or 1.0

    def _as_predicted(self, text: str, spoken: Vector) -> list[float]:
        """Return words as the parts that they fill of a fused embedding."""
        both = len(self._models.description.worded) > 1
        seen = [self._models.backbones.video.embed_query([text])[0]] if both else []
        return _listed(rocchio([np.concatenate([*seen, spoken])], [], 0.0))


def _not_read(field: str) -> RequestError:
    return RequestError(field, "cannot be read here; ask `reelfind search` or the server")


def _away(vectors: Vector) -> list[float] | None:
    """Return the second of two vectors, that of the words hits should be without."""
    return _listed(vectors[1]) if len(vectors) > 1 else None


def _listed(vector: Vector) -> list[float]:
    return [float(each) for each in vector]
