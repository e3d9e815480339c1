"""Networks and a store that answer the same question once: variants of a search share most."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from qdrant_client.models import Record

from indexer.models import Models
from indexer.store.base import Nearest, ScoredPoint, Store


class _Over:
    """Something with other attributes in place of a few of its own."""

    def __init__(self, other: object, **own: Any) -> None:
        self.__dict__ |= {"_other": other, **own}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._other, name)


def remembering_models(models: Models) -> Models:
    """Return networks that embed each text once."""
    backbones = models.backbones
    video, text = (
        _Over(backbone, embed_query=_once(backbone.embed_query))
        for backbone in (backbones.video, backbones.text)
    )
    return cast(Models, _Over(models, backbones=_Over(backbones, video=video, text=text)))


def _once(embed: Any) -> Any:
    known: dict[str, Any] = {}

    def embedded(texts: Sequence[str]) -> Any:
        for each in texts:
            if each not in known:
                known[each] = embed([each])[0]
        return np.stack([known[each] for each in texts])

    return embedded


class RememberingStore:
    """A store that is only read, and asks the engine each query and each listing once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Any] = {}

    @classmethod
    def over(cls, store: Store) -> Store:
        """Return one that remembers what ``store`` answers."""
        return cast(Store, cls(store))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def query(self, collection: str, wanted: Nearest) -> Any:
        """Return what the engine answered when it was asked this first."""
        return self._ask("query", collection, wanted=wanted)

    def retrieve(self, collection: str, ids: Sequence[str], with_vectors: bool) -> Any:
        """Return the points as they were when they were asked for first."""
        return self._ask("retrieve", collection, ids=ids, with_vectors=with_vectors)

    def _ask(self, name: str, collection: str, **asked: Any) -> Any:
        key = f"{name} {collection} {asked!r}"
        if key not in self._known:
            self._known[key] = getattr(self._store, name)(collection, **asked)
        return self._known[key]


class Answered:
    """A store that gives the answers which it gave first, whatever is asked."""

    is_remote = False

    def __init__(self, store: Store, pair: str) -> None:
        self._store = store
        self._pair = pair
        self._found: dict[str, list[ScoredPoint]] = {}
        self._records: list[Record] = []
        self._scrolled: list[Record] = []
        self._count = 0

    def current(self) -> str | None:
        """Return the name of the pair."""
        return self._pair

    def query(self, collection: str, wanted: Nearest) -> list[ScoredPoint]:
        """Return what a route found first."""
        if wanted.using not in self._found:
            self._found[wanted.using] = self._store.query(collection, wanted)
        return self._found[wanted.using]

    def count(self, collection: str) -> int:
        """Return how many points there were at first."""
        self._count = self._count or self._store.count(collection)
        return self._count

    def scroll(self, collection: str, **asked: Any) -> tuple[list[Record], None]:
        """Return the points that were read first."""
        self._scrolled = self._scrolled or self._store.scroll(collection, **asked)[0]
        return self._scrolled, None

    def retrieve(self, collection: str, ids: Sequence[str], **asked: Any) -> list[Record]:
        """Return the first page of clips."""
        self._records = self._records or self._store.retrieve(collection, ids, **asked)
        return self._records
