"""Payload fields of points that queries found lately.

The engine reads and parses a whole payload for each point that a query finds: several times what it
takes to compare the vectors of thousands. To find points first and then read the payloads of those
that are not known takes longer where few are known, so a large collection is not kept.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import qdrant_edge as edge

from indexer.store.base import ScoredPoint

LARGE = 32_768
"""Points of a collection from which on no fields are kept: those of fewer take some 20 MB."""

Payload = dict[str, Any]
Id = int | UUID | str
"""What the engine calls a point: a UUID, as all of ours have one."""


class RecentPayloads:
    """What was read of a collection's payloads; the caller holds the collection meanwhile."""

    def __init__(self) -> None:
        self._known: dict[str, dict[tuple[str, ...], dict[Id, tuple[str, Payload]]]] = {}
        self._kept: dict[str, bool] = {}

    def keeps(self, collection: str, count: Callable[[], int]) -> bool:
        """Return whether the fields of a collection are kept; ``count`` counts its points."""
        if collection not in self._kept:
            self._kept[collection] = count() < LARGE
        return self._kept[collection]

    def forget(self, collection: str) -> None:
        """Forget a collection: it changes."""
        self._known.pop(collection, None)
        self._kept.pop(collection, None)

    def complete(
        self,
        collection: str,
        fields: Sequence[str],
        points: Sequence[edge.ScoredPoint],
        read: Callable[[list[Id]], Mapping[Id, Payload]],
    ) -> list[ScoredPoint]:
        """Return points that came without payloads with these fields; nobody may change them.

        Args:
            collection: that they are of.
            fields: of the payload.
            points: as the engine found them.
            read: returns these fields of points by id.
        """
        known = self._known.setdefault(collection, {}).setdefault(tuple(fields), {})
        missing = [point.id for point in points if point.id not in known]
        if missing:
            known |= {each: (str(each), payload) for each, payload in read(missing).items()}
        return [ScoredPoint(known[p.id][0], p.score, known[p.id][1]) for p in points]
