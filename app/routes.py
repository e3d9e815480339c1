"""The routes of a search: each finds clips or shots in its own way.

Clips are found through their shots: a clip is as near to the words as its nearest shot is. The
mean of a clip's shots, which stands for the clip elsewhere, blurs what is seen in one of them
(measured, see ``docs/experiments.md``).
"""

from dataclasses import dataclass

from qdrant_client import models

from app.filters import build_filter
from app.fusion import Found
from app.results import RouteName, SearchRequest
from indexer.points import CLIP_ID
from indexer.store.base import Store, pair


@dataclass(frozen=True)
class Route:
    """A vector to look for in the named vectors ``using``; below ``least`` nothing counts."""

    name: RouteName
    using: str
    vector: list[float] | models.SparseVector
    least: float | None = None


def run_route(
    store: Store, pair_name: str, route: Route, request: SearchRequest, depth: int
) -> list[Found]:
    """Return the best ``depth`` clips or shots of a route, best first."""
    shots, _ = pair(pair_name)
    filter_ = build_filter(request, "shot")
    best: dict[str, Found] = {}
    wanted = depth
    while True:
        points = store.query(
            shots,
            query=route.vector,
            using=route.using,
            filter=filter_,
            limit=wanted,
            score_threshold=route.least,
        )
        for point in points:
            payload = point.payload or {}
            identity = payload[CLIP_ID] if request.level == "clip" else str(point.id)
            line = " ".join(payload["lines"]) or None
            best.setdefault(identity, Found(identity, point.score, line))
        if len(best) >= depth or len(points) < wanted:
            return list(best.values())[:depth]
        # Several of the shots were of one clip: ask for more.
        wanted *= 2
