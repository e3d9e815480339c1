"""Histograms: how many hits lie in each part of a score's or a length's range."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qdrant_client import models

from app.records import Bin
from indexer.store.base import Store


@dataclass(frozen=True)
class Range:
    """A field of a point that filters bound: its bins begin at ``edges``, the last has no end."""

    key: str
    edges: tuple[float, ...]


_TENTHS = tuple(tenth / 10 for tenth in range(10))

RANGES = {
    "worthiness": Range("clip_worthiness", _TENTHS),
    "popularity": Range("popularity", _TENTHS),
    "duration": Range("duration", (0, 2, 5, 10, 15, 20, 30, 45, 60)),
    "start": Range("start_seconds", (0, 60, 300, 600, 1200, 1800, 2700, 3600, 5400, 7200)),
}
"""By the name after ``min_`` and ``max_`` in a request. Scores in tenths; lengths and places in
seconds, in finer steps where clips and films of every length have some. The edges are the same for
every search, so that two of them can be compared."""


def count_in_store(
    store: Store, collection: str, filter_: models.Filter | None, range_: Range
) -> list[Bin]:
    """Count the points that a filter leaves in each bin; those without a value are in none."""

    def count(least: float, below: float | None) -> int:
        inside = models.FieldCondition(key=range_.key, range=models.Range(gte=least, lt=below))
        must = [inside] if filter_ is None else [filter_, inside]
        return store.count(collection, models.Filter(must=must))

    return _bins(range_, [count(*ends) for ends in _ends(range_)])


def count_in_payloads(payloads: Iterable[Mapping[str, Any]], range_: Range) -> list[Bin]:
    """Count payloads in each bin, as the store does."""
    counts = [0] * len(range_.edges)
    for payload in payloads:
        value = payload.get(range_.key)
        place = bisect_right(range_.edges, value) - 1 if value is not None else -1
        if place >= 0:
            counts[place] += 1
    return _bins(range_, counts)


def _bins(range_: Range, counts: Sequence[int]) -> list[Bin]:
    return [
        Bin(least=least, below=below, count=count)
        for (least, below), count in zip(_ends(range_), counts, strict=True)
    ]


def _ends(range_: Range) -> list[tuple[float, float | None]]:
    return list(zip(range_.edges, (*range_.edges[1:], None), strict=True))
