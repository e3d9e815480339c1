"""What a collection holds: named vectors and payload indexes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qdrant_client import models

from indexer.store.names import (
    ALIKE,
    CLIP_ID,
    CONTEXT,
    DIALOGUE,
    PICTURE,
    PREDICTED,
    TITLE,
    WORDS,
    Level,
)
from indexer.traits import FIELD as TRAITS


@dataclass(frozen=True)
class CollectionSchema:
    """The shape of a collection.

    ``dense`` maps the name of a vector to its size: unit norm, compared by dot product,
    stored as float16. ``sparse`` names vectors whose query weights are multiplied by inverse
    document frequency. ``indexes`` maps payload fields to the type of their index.
    """

    dense: Mapping[str, int]
    sparse: tuple[str, ...] = ()
    indexes: Mapping[str, models.PayloadSchemaType] = field(default_factory=dict)

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes of all vectors by name, sorted; a sparse one has none and counts as 0."""
        return dict(sorted({**self.dense, **dict.fromkeys(self.sparse, 0)}.items()))


_KEYWORD = models.PayloadSchemaType.KEYWORD
_INTEGER = models.PayloadSchemaType.INTEGER
_FLOAT = models.PayloadSchemaType.FLOAT

INDEXES: Mapping[str, models.PayloadSchemaType] = {
    "title_id": _KEYWORD,
    "title": _KEYWORD,
    "series": _KEYWORD,
    "season": _INTEGER,
    "language": _KEYWORD,
    "duration": _FLOAT,
    "start_seconds": _FLOAT,
    "start_frame": _INTEGER,
    "index": _INTEGER,
    CLIP_ID: _KEYWORD,
    "has_dialogue": _INTEGER,
    TRAITS: _KEYWORD,
}
"""Payload fields of shots and clips that can be filtered, counted or ordered by.

Durations and starts are in seconds, frames are on the title's grid, ``has_dialogue`` is 0
or 1. All kinds of traits share a field, and so one index. What probes say comes on top of these,
see ``profile_schema``.
"""


def profile_schema(
    *,
    aligned: int,
    text: int,
    in_context: int,
    alike: int,
    worded: int,
    scored: Mapping[str, models.PayloadSchemaType],
    level: Level = "shot",
) -> CollectionSchema:
    """Return the schema of shots or of clips for a profile and an encoder.

    An index reserves 2 to 4 MB, which are read when the collection is opened.

    Args:
        aligned: dimension of the space that the video backbone maps words to.
        text: dimension of the text backbone.
        in_context: width of the encoder.
        alike: size of the vectors that spans are alike by.
        worded: width of what words can fill of the fused embedding that the encoder predicts.
        scored: the fields that probes fill, and the types of their indexes.
        level: of the points; only shots have a clip.
    """
    indexes = {name: kind for name, kind in INDEXES.items() if level == "shot" or name != CLIP_ID}
    dense = {PICTURE: aligned, DIALOGUE: text, CONTEXT: in_context, PREDICTED: worded, ALIKE: alike}
    return CollectionSchema(dense=dense, sparse=(WORDS,), indexes={**indexes, **scored})


TITLE_INDEXES: Mapping[str, models.PayloadSchemaType] = {
    "title_id": _KEYWORD,
    "title": _KEYWORD,
    "series": _KEYWORD,
    "season": _INTEGER,
    "episode": _INTEGER,
    "year": _INTEGER,
    "genres": _KEYWORD,
    "language": _KEYWORD,
    "duration": _FLOAT,
    "path": _KEYWORD,
    "called": _KEYWORD,
    "grams": _KEYWORD,
    "place": _FLOAT,
    "number": _INTEGER,
    "indexed_at": _FLOAT,
}
"""Payload fields of titles that can be filtered or ordered by, see ``indexer.title_payload``."""


def title_schema(width: int) -> CollectionSchema:
    """Return the schema of titles; ``width`` is that of their vectors."""
    return CollectionSchema(dense={TITLE: width}, indexes=TITLE_INDEXES)
