"""Stage ``points``, the last of a title: writes points to the store, and a marker to disk.

A flush of the embedded engine takes as long for the points of many titles as for those of one. So
the marker says that they are not flushed, until ``flush`` has done so for some titles at once. A
run that finds such a marker writes the points again. What writes them is imported where they are
written, see ``indexer.point_writing``.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from encoder.atomic import write_text
from indexer.artefacts import read_json
from indexer.describing import STAGES, describing_settings
from indexer.stages import clips, context, onscreen, scores, stills, text
from indexer.stages.base import Stage, stage_key
from indexer.stages.work import TitleWork
from indexer.store.names import LEVELS, pair
from indexer.versions import SCHEMA_VERSION

NAME = "points"
COUNTS = "counts.json"
VECTORS = "vectors"
UNFLUSHED = "unflushed"
"""In the marker while a power cut may lose the points."""


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
    from indexer.point_writing import count_points

    marker = read_json(folder / COUNTS)
    counts = count_points(*work.store, work.title.title_id)
    return UNFLUSHED not in marker and counts == {level: marker[level] for level in LEVELS}


def _run(work: TitleWork, out: Path) -> None:
    from indexer.point_writing import write_points

    vectors = _vectors_key(work)
    counts = write_points(work, payloads_only=_has_vectors(work, vectors))
    _write_marker(out / COUNTS, {**counts, VECTORS: vectors, UNFLUSHED: True})


def _write_marker(path: Path, counts: Mapping[str, object]) -> None:
    """Write a marker, whole and for good: what it says must not be there before it."""
    write_text(path, json.dumps(counts, sort_keys=True, indent=1))


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
