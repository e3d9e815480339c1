"""Names in the store: levels, vectors and the ids of points."""

from typing import Literal
from uuid import UUID, uuid5

Level = Literal["shot", "clip"]

LEVELS = ("shots", "clips")
"""The collections of a pair are called ``<name>-shots`` and ``<name>-clips``."""
TITLES = "titles"
"""The collection ``<name>-titles`` of a pair holds the titles of its shots and clips."""

NAMESPACE = UUID("6f2b0c1e-7a3d-5b52-9a6f-3d1f0a4c8e77")
"""The namespace of point ids. A constant for ever: another one orphans every index."""

PICTURE = "picture"
"""Dense: the frames, in the space that the video backbone maps words to."""
DIALOGUE = "dialogue"
"""Dense: the timed text by the text backbone. Missing where nothing is said."""
CONTEXT = "context"
"""Dense: the in-context embedding."""
ALIKE = "alike"
"""Dense: what ``indexer.alike`` says."""
PREDICTED = "predicted"
"""Dense: the parts that words can fill of the fused embedding that the encoder predicts in context,
which is of unit norm as a whole."""
WORDS = "words"
"""Sparse: the timed text by BM25. Missing where nothing is said."""
CLIP_ID = "clip_id"
"""The field of a shot that has the id of its clip's point: clips are found through their shots."""
TITLE = "title"
"""Dense, of titles: what ``indexer.title_vectors`` says."""


def pair(name: str) -> tuple[str, str]:
    """Return the names of the shot and the clip collection of the pair ``name``."""
    shots, clips = (f"{name}-{level}" for level in LEVELS)
    return shots, clips


def titles_of(name: str) -> str:
    """Return the name of the collection of titles beside the pair ``name``."""
    return f"{name}-{TITLES}"


def collections_of(name: str) -> tuple[str, str, str]:
    """Return the names of all collections of the pair ``name``: shots, clips and titles."""
    return (*pair(name), titles_of(name))


def title_point_id(title_id: str) -> str:
    """Return the UUID of a title's own point."""
    return str(uuid5(NAMESPACE, f"title/{title_id}"))


def point_id(content_hash: str, level: Level, index: int, schema_version: int) -> str:
    """Return the UUID of a title's ``index``-th shot or clip.

    It depends on nothing else, so that indexing a title again replaces its points.
    """
    return str(uuid5(NAMESPACE, f"{content_hash}/{level}/{index}/{schema_version}"))
