"""The vector of a title: its parts side by side, so that one comparison weighs them freely.

Each part is the mean of the title's shots at unit norm. The parts together have at most unit norm,
so a title's dot product with a query of some parts is the sum of their cosines.
"""

from collections.abc import Collection, Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from indexer.library import IndexedTitle
from indexer.pooling import unit

Part = Literal["context", "story", "look", "sound"]
PARTS: tuple[Part, ...] = get_args(Part)

VECTORS: Mapping[Part, str] = {
    "context": "context",
    "story": "text",
    "look": "video",
    "sound": "audio",
}
"""The embedding of shots that a part is made of, see ``indexer.library.VECTORS``.

``context`` is what the encoder makes of all three.
"""

_SCALE = 1 / np.sqrt(len(PARTS))

Vector = NDArray[np.float32]
Widths = Mapping[Part, int]


def title_vector(title: IndexedTitle) -> tuple[Vector, Widths]:
    """Return the vector of a title [d], and the width of each part.

    A part is zeros where the title has nothing of it, as the story of one without dialogue.

    Raises:
        ReelfindError: one of its files is damaged.
        OSError: one of its files is gone.
    """
    means = {part: mean_vector(title.vectors(name)) for part, name in VECTORS.items()}
    widths = {part: len(mean) for part, mean in means.items()}
    return join(means, widths), widths


def join(parts: Mapping[Part, Vector], widths: Widths) -> Vector:
    """Return parts of unit norm side by side; those that are missing are zeros."""
    every = [parts.get(part, np.zeros(width, np.float32)) for part, width in widths.items()]
    joined: Vector = np.concatenate(every) * np.float32(_SCALE)
    return joined


def split(vector: Vector, widths: Widths) -> dict[Part, Vector]:
    """Return the parts that a vector has, each of unit norm."""
    ends = np.cumsum(list(widths.values()))
    found = dict(zip(widths, np.split(vector, ends[:-1]), strict=True))
    return {part: _unit(own) for part, own in found.items() if own.any()}


def some(vector: Vector, widths: Widths, wanted: Collection[Part]) -> Vector:
    """Return a vector with some of its parts; the others are zeros."""
    return join(
        {part: own for part, own in split(vector, widths).items() if part in wanted}, widths
    )


def mean_vector(vectors: Vector) -> Vector:
    """Return the mean of the rows that hold something, at unit norm."""
    present = vectors[vectors.any(axis=1)]
    return _unit(present.mean(axis=0)) if len(present) else np.zeros(vectors.shape[1], np.float32)


def _unit(vector: Vector) -> Vector:
    row: Vector = unit(vector[None].astype(np.float32))[0]
    return row
