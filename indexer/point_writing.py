"""Writes the points of a title to the store, counts and deletes them.

Apart from stage ``points``, which a process of a cluster imports that may never write any: the
client library takes a second of it.
"""

from collections.abc import Iterator
from itertools import islice

from qdrant_client import models

from indexer.points import build_payloads, build_points
from indexer.stages.work import TitleWork
from indexer.store.base import Store
from indexer.store.names import LEVELS, Level, pair

BATCH = 256
"""Points sent at once."""


def of_title(title_id: str) -> models.FieldCondition:
    """Return the condition that a point belongs to this title."""
    return models.FieldCondition(key="title_id", match=models.MatchValue(value=title_id))


def remove_points(store: Store, name: str, title_id: str) -> None:
    """Delete all points of a title from the pair of collections ``name``, durably.

    A pair that is no longer there holds none.
    """
    for collection in pair(name):
        if not store.exists(collection):
            continue
        store.delete(collection, models.Filter(must=[of_title(title_id)]))
        store.flush(collection)


def count_points(store: Store, name: str, title_id: str) -> dict[str, int] | None:
    """Return how many shots and clips of a title the pair ``name`` has; None if it is not there."""
    if not all(store.exists(collection) for collection in pair(name)):
        return None
    own = models.Filter(must=[of_title(title_id)])
    return {
        level: store.count(collection, own)
        for level, collection in zip(LEVELS, pair(name), strict=True)
    }


def write_points(work: TitleWork, payloads_only: bool) -> dict[str, int]:
    """Write a title's points and return how many shots and clips they are.

    With ``payloads_only``, the vectors in the store stay.
    """
    store, name = work.store
    counts = {}
    levels: tuple[Level, ...] = ("shot", "clip")
    for level, called, collection in zip(levels, LEVELS, pair(name), strict=True):
        if payloads_only:
            payloads = build_payloads(work, level)
            store.overwrite_payloads(collection, payloads)
            counts[called] = len(payloads)
        else:
            counts[called] = _write_whole(work, level, collection)
    return counts


def _write_whole(work: TitleWork, level: Level, collection: str) -> int:
    """Write a title's points and return their number."""
    store, _ = work.store
    ids: list[models.ExtendedPointId] = []
    for batch in _batches(build_points(work, level)):
        store.upsert(collection, batch)
        ids += [point.id for point in batch]
    # Surplus points of an earlier run are deleted only once the new points are in.
    kept = models.HasIdCondition(has_id=ids)
    store.delete(collection, models.Filter(must=[of_title(work.title.title_id)], must_not=[kept]))
    return len(ids)


def _batches(points: Iterator[models.PointStruct]) -> Iterator[list[models.PointStruct]]:
    while batch := list(islice(points, BATCH)):
        yield batch
