"""What the scores of a route are worth for one query: from nothing to the best there is."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median


@dataclass(frozen=True)
class Scale:
    """The scale of a route's scores for one query.

    Scores of one query mean nothing for another, so they are compared with those of the whole
    index. Filters do not change it: what is relevant stays so when others are filtered out.

    Args:
        least: only scores above it count; None where all do.
        floor: the score of what has nothing to do with the query.
        best: of the whole index.
    """

    least: float | None
    floor: float
    best: float

    @classmethod
    def of(cls, scores: Sequence[float], least: float | None, floor: float | None) -> "Scale":
        """Return the scale of a route that found these scores in the whole index.

        Without a ``floor`` it is ``least``; without both, the middle score (median).
        """
        if not scores:
            return cls(least, inf, inf)
        if floor is None:
            floor = median(scores) if least is None else least
        return cls(least, floor, max(scores))

    def part_way(self, fraction: float) -> float:
        """Return the score that lies a fraction of the way from the floor to the best."""
        return self.floor + fraction * (self.best - self.floor)

    def strength(self, score: float) -> float:
        """Return how far a score is on the way from the floor (0) to the best (1)."""
        if not self.best > self.floor:
            return float(score >= self.best)
        return min(1.0, max(0.0, (score - self.floor) / (self.best - self.floor)))


Scales = Sequence[Scale | None]
"""The scales of a query's routes; None where a route does not run."""

REMEMBERED = 256
"""Searches, of an editor who presses one filter after another, and of others."""


class RecentScales:
    """The scales of recent searches, so that other filters need no search of the whole index.

    Thread-safe: what two threads write at once is the same.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Sequence[Scales]] = {}

    def of(self, search: Hashable) -> Sequence[Scales]:
        """Return the scales of the queries of a search; none if they are not known."""
        return self._known.get(search, ())

    def remember(self, search: Hashable, scales: Sequence[Scales]) -> None:
        """Keep the scales of a search; its key must change when the index does."""
        if len(self._known) >= REMEMBERED:
            self._known = {}
        self._known[search] = scales
