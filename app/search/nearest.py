"""Finds the clips or shots that are nearest to a vector.

Clips are found through their shots: a clip is as near to the query as its nearest shot. The mean
of a clip's shots, which represents the clip elsewhere, blurs things that only one shot shows
(measured, see ``docs/results/experiments.md``).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from qdrant_client import models

from app.search.plan import Route, SearchPlan
from app.search.request import RouteName
from indexer.points import SCREEN_TEXT
from indexer.store.base import Nearest, ScoredPoint, Store
from indexer.store.names import CLIP_ID

SPOKEN: frozenset[RouteName] = frozenset({"dialogue", "words", "context"})
"""The routes that a line can be the reason of."""

SHOTS_OF_A_CLIP = 1.25
"""Shots that are asked for at first for each clip wanted, since some are of one clip: to ask again
costs as much as to ask."""


class Match(NamedTuple):
    """A clip or shot that a route found, with its line if a line can be the reason.

    ``shown`` are the lines of text on screen, if they can be. ``shot`` is the shot through which it
    was found, and ``payload`` what was read of that.
    """

    id: str
    score: float
    line: str | None = None
    shown: tuple[str, ...] = ()
    payload: Mapping[str, Any] = MappingProxyType({})
    shot: str = ""


@dataclass(frozen=True, eq=False)
class Lookup:
    """One vector of a route, to be looked for.

    Args:
        plan: says in which collections, how deep, and what clips must be.
        store: where the points are.
        route: the route.
        vector: one of its vectors.
        filter: what shots must be.
        by_shot: shots are looked for, and not clips.
        whole: all fields of shots are read.
    """

    plan: SearchPlan
    store: Store
    route: Route
    vector: list[float] | models.SparseVector
    filter: models.Filter | None
    by_shot: bool
    whole: bool

    def question(self, min_score: float | None = None) -> Nearest:
        """Return what to ask the shots; of scores, only those above ``min_score`` count."""
        depth = self.plan.settings.depth
        line = ("lines",) if self.route.name in SPOKEN else ()
        shown = (SCREEN_TEXT,) if self.route.name == "words" else ()
        return Nearest(
            query=self.vector,
            using=self.route.using,
            limit=depth if self.by_shot else round(depth * SHOTS_OF_A_CLIP),
            filter=self.filter,
            score_threshold=min_score,
            fields=None if self.whole else (CLIP_ID, *line, *shown),
        )

    def matches(
        self, min_score: float | None, first: Sequence[ScoredPoint] | None = None
    ) -> list[Match]:
        """Return the nearest, best first.

        Args:
            min_score: only scores above it count.
            first: the answer to ``question``, if it was asked already, whatever counts.
        """
        question = self.question(min_score)
        if first is None:
            points: Sequence[ScoredPoint] = self.store.query(self.plan.shots, question)
        else:
            points = [each for each in first if min_score is None or each.score > min_score]
        while True:
            best = self._best(points)
            if len(best) >= self.plan.settings.depth or len(points) < question.limit:
                return best[: self.plan.settings.depth]
            # Several shots were of one clip, or of clips that the filters exclude.
            question = replace(question, limit=2 * question.limit)
            points = self.store.query(self.plan.shots, question)

    def _best(self, points: Sequence[ScoredPoint]) -> list[Match]:
        """Return the best shot of each clip, or each shot, without those that filters exclude."""
        passing = None
        if self.plan.filters.on_clips is not None and points:
            passing = self._passing(points, self.plan.filters.on_clips)
        best: dict[str, Match] = {}
        for identity, score, payload in points:
            if passing is not None and payload[CLIP_ID] not in passing:
                continue
            found = identity if self.by_shot else payload[CLIP_ID]
            if found not in best:
                line = " ".join(payload.get("lines", ())) or None
                shown = tuple(payload.get(SCREEN_TEXT, ())) if self.route.name == "words" else ()
                best[found] = Match(found, score, line, shown, payload, identity)
        return list(best.values())

    def _passing(self, points: Sequence[ScoredPoint], on_clips: models.Filter) -> AbstractSet[str]:
        """Return the shots' clips that pass the filters on clips."""
        owners = sorted({point.payload[CLIP_ID] for point in points})
        own = models.HasIdCondition(has_id=list(owners))
        filter_ = models.Filter(must=[own, on_clips])
        records, _ = self.store.scroll(
            self.plan.clips, filter=filter_, limit=len(owners), fields=()
        )
        return {str(record.id) for record in records}
