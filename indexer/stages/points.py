"""Stage ``points``, the last of a title: writes points to the store, and a marker to disk.

A flush of the embedded engine takes as long for the points of many titles as for those of one. So
the marker says that they are not flushed, until ``flush`` has done so for some titles at once. A
run that finds such a marker writes the points again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from qdrant_client import models

from encoder.atomic import write_text
from indexer.artefacts import read_json
from indexer.describing import STAGES, describing_settings
from indexer.points import build_payloads, build_points
from indexer.stages import clips, context, onscreen, scores, stills, text
from indexer.stages.base import Stage, stage_key
from indexer.stages.work import TitleWork
from indexer.store.base import LEVELS, Store, pair
from indexer.store.names import Level
from indexer.versions import SCHEMA_VERSION

NAME = "points"
COUNTS = "counts.json"
VECTORS = "vectors"
UNFLUSHED = "unflushed"
"""In the marker while a power cut may lose the points."""
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


def flush(works: Sequence[TitleWork]) -> None:
    """Make the points of titles survive a power cut, where they were just written.

    Raises:
        ReelfindError: the store cannot be written; the next run writes the points again.
    """
    unflushed = [work for work in works if UNFLUSHED in read_json(work.result(NAME) / COUNTS)]
    for store, name in {work.store[1]: work.store for work in unflushed}.values():
        for collection in pair(name):
            store.flush(collection)
    for work in unflushed:
        path = work.result(NAME) / COUNTS
        counts = read_json(path)
        del counts[UNFLUSHED]
        _write_marker(path, counts)
        work.folder.share({NAME: work.keys[NAME]}, replace=True)


def still_stored(work: TitleWork, folder: Path) -> bool:
    """Return whether the store has as many of the title's points as the marker says, for good."""
    counts = read_json(folder / COUNTS)
    store, name = work.store
    own = models.Filter(must=[of_title(work.title.title_id)])
    return UNFLUSHED not in counts and all(
        store.exists(collection) and store.count(collection, own) == counts[level]
        for level, collection in zip(LEVELS, pair(name), strict=True)
    )


def _batches(points: Iterator[models.PointStruct]) -> Iterator[list[models.PointStruct]]:
    while batch := list(islice(points, BATCH)):
        yield batch


def _run(work: TitleWork, out: Path) -> None:
    store, name = work.store
    vectors = _vectors_key(work)
    payloads_only = _has_vectors(work, vectors)
    counts: dict[str, object] = {}
    levels: tuple[Level, ...] = ("shot", "clip")
    for level, collection in zip(levels, pair(name), strict=True):
        if payloads_only:
            payloads = build_payloads(work, level)
            store.overwrite_payloads(collection, payloads)
            counts[f"{level}s"] = len(payloads)
        else:
            counts[f"{level}s"] = _write_whole(work, level, collection)
    _write_marker(out / COUNTS, counts | {VECTORS: vectors, UNFLUSHED: True})


def _write_marker(path: Path, counts: Mapping[str, object]) -> None:
    """Write a marker, whole and for good: what it says must not be there before it."""
    write_text(path, json.dumps(counts, sort_keys=True, indent=1))


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


def _vectors_key(work: TitleWork) -> str:
    """Return the key of a title's vectors: of what points hold except scores, traits and names."""
    others = {scores.NAME, *STAGES} - {onscreen.NAME}  # Its words are in a vector.
    inputs = work.identities(name for name in POINTS.inputs if name not in others)
    settings = {"schema": SCHEMA_VERSION, "collections": work.store[1]}
    return stage_key(work.title.media.content_hash, NAME, POINTS.version, settings, inputs)


def _has_vectors(work: TitleWork, vectors: str) -> bool:
    """Return whether the store has these points, with other payloads.

    A result under the current key does not count: its points are already known to be missing.
    """
    wanted = work.result(NAME)
    return any(
        folder != wanted
        and read_json(folder / COUNTS).get(VECTORS) == vectors
        and still_stored(work, folder)
        for folder in work.folder.results(NAME)
    )


def _settings(work: TitleWork) -> dict[str, object]:
    metadata = work.title.metadata
    return {
        "schema": SCHEMA_VERSION,
        "collections": work.store[1],
        "title": [metadata.name, metadata.series, metadata.season, metadata.episode],
        "language": metadata.language,
        "start_timecode": work.title.media.start_timecode,
        **describing_settings(work.settings),
    }


POINTS = Stage(
    NAME,
    1,
    (stills.NAME, text.NAME, context.NAME, clips.NAME, scores.NAME, *STAGES),
    _settings,
    _run,
    doing="storing",
    rate=0.001,
)
