"""Clip-worthiness as a percentile: the share of the catalogue's clips that are worth no more.

Scores without labels behind them lie close together, and those of labelled probes are chances. As
percentiles both separate clips, and a filter leaves the share that it names.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.store.base import Store

WORTH = "clip_worthiness"
"""The field of a point."""
SAMPLE = 4096
"""Points that stand for a collection: the first by id, which is a hash, and so a random sample."""
RENEWED = 5.0
"""Seconds for which a sample counts, even if the collection has grown."""
LASTS = 60.0
"""Seconds for which it counts if the collection has as many points as it had."""
ABOVE, BELOW = 2.0, -1.0
"""Beyond all scores."""
SLACK = 1e-9
"""The engine reads numbers to within their last place."""


@dataclass(frozen=True, eq=False)
class Percentiles:
    """Turns scores into percentiles (0..1) and back, by a sorted sample [n] of scores."""

    sample: NDArray[np.float64]

    def of(self, score: float) -> float:
        """Return the share of clips that are worth no more than ``score``."""
        if not self.sample.size:
            return 1.0
        below = np.searchsorted(self.sample, score + SLACK, side="right")
        return float(below) / self.sample.size

    def least(self, percentile: float) -> float:
        """Return the least score whose percentile is at least ``percentile``."""
        place = int(np.searchsorted(self._shares, percentile - SLACK, side="left"))
        return float(self.sample[place]) - SLACK if place < self.sample.size else ABOVE

    def most(self, percentile: float) -> float:
        """Return the highest score whose percentile is at most ``percentile``."""
        place = int(np.searchsorted(self._shares, percentile + SLACK, side="right"))
        return float(self.sample[place - 1]) + SLACK if place else BELOW

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        """The percentile of each score of the sample, rising."""
        below = np.searchsorted(self.sample, self.sample + SLACK, side="right")
        return below / max(1, self.sample.size)


@dataclass(frozen=True)
class _Kept:
    percentiles: Percentiles
    count: int
    read: float


class Worth:
    """The percentiles of collections, read from the store now and then. Thread-safe."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def percentiles(self, store: Store, collection: str) -> Percentiles:
        """Return the percentiles of a collection."""
        with self._lock:
            kept = self._kept.get(collection)
        now = time.monotonic()
        if kept is not None and now - kept.read < RENEWED:
            return kept.percentiles
        count = store.count(collection)
        if kept is not None and kept.count == count and now - kept.read < LASTS:
            return kept.percentiles
        records, _ = store.scroll(collection, limit=SAMPLE, fields=(WORTH,))
        found = Percentiles(_sorted([(each.payload or {}).get(WORTH) for each in records]))
        with self._lock:
            self._kept = {collection: _Kept(found, count, now)} | self._of_pair(collection)
        return found

    def forget(self) -> None:
        """Read anew at the next search: scores have changed."""
        with self._lock:
            self._kept = {}

    def _of_pair(self, collection: str) -> dict[str, _Kept]:
        """Return what is kept of the other collection of its pair; others are searched no more."""
        name = collection.rpartition("-")[0]
        return {
            other: kept
            for other, kept in self._kept.items()
            if other != collection and other.rpartition("-")[0] == name
        }


def _sorted(scores: Sequence[float | None]) -> NDArray[np.float64]:
    return np.sort(np.array([each for each in scores if each is not None], dtype=np.float64))
