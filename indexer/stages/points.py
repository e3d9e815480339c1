"""Points into the store: the last stage of a title, and its own marker."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from qdrant_client import models

from indexer.artefacts import read_json, write_json
from indexer.points import SCHEMA_VERSION, build_points
from indexer.stages import clips, context, scores, stills, text
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.store.base import LEVELS, Store, pair
from indexer.store.schema import Level

NAME = "points"
COUNTS = "counts.json"
BATCH = 256
"""Points sent at once."""


def of_title(title_id: str) -> models.FieldCondition:
    """Return the condition that a point is of this title."""
    return models.FieldCondition(key="title_id", match=models.MatchValue(value=title_id))


def remove_points(store: Store, name: str, title_id: str) -> None:
    """Delete all points of a title from the pair of collections ``name``, durably."""
    for collection in pair(name):
        store.delete(collection, models.Filter(must=[of_title(title_id)]))
        store.flush(collection)


def still_stored(work: TitleWork, folder: Path) -> bool:
    """Return whether the store has as many of the title's points as the marker says."""
    counts = read_json(folder / COUNTS)
    store, name = work.store
    own = models.Filter(must=[of_title(work.title.title_id)])
    return all(
        store.exists(collection) and store.count(collection, own) == counts[level]
        for level, collection in zip(LEVELS, pair(name), strict=True)
    )


def _batches(points: Sequence[models.PointStruct]) -> Iterator[Sequence[models.PointStruct]]:
    for start in range(0, len(points), BATCH):
        yield points[start : start + BATCH]


def _run(work: TitleWork, out: Path) -> None:
    store, name = work.store
    counts: dict[str, int] = {}
    levels: tuple[Level, ...] = ("shot", "clip")
    for level, collection in zip(levels, pair(name), strict=True):
        points = build_points(work, level)
        for batch in _batches(points):
            store.upsert(collection, batch)
        # What an earlier run wrote beyond these goes only now, when the new points are in.
        ids = models.HasIdCondition(has_id=[point.id for point in points])
        stale = models.Filter(must=[of_title(work.title.title_id)], must_not=[ids])
        store.delete(collection, stale)
        store.flush(collection)
        counts[f"{level}s"] = len(points)
    write_json(out / COUNTS, counts)


def _settings(work: TitleWork) -> dict[str, object]:
    metadata = work.title.metadata
    return {
        "schema": SCHEMA_VERSION,
        "collections": work.store[1],
        "title": [metadata.name, metadata.series, metadata.season, metadata.episode],
        "language": metadata.language,
        "start_timecode": work.title.media.start_timecode,
    }


POINTS = Stage(
    NAME, 1, (stills.NAME, text.NAME, context.NAME, clips.NAME, scores.NAME), _settings, _run
)
