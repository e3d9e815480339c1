"""The vector by which clips and shots are alike: of their own content, and of their title's.

Two parts stand side by side, both of fused embeddings: the span's own, and the mean of its title.
One comparison weighs them freely, so that a search goes from *this moment* to *this story*.
In-context embeddings, which know both, are the best at neither (``docs/results/encoder.md``).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.pooling import pool_clips, unit
from indexer.records import Clip

Vectors = NDArray[np.float32]

_SCALE = np.float32(np.sqrt(0.5))
"""Of each part, so that both together are of unit norm."""


def alike_size(dim: int, text: int, width: int) -> int:
    """Return the size of a vector.

    Args:
        dim: D, the width of fused embeddings.
        text: the width of their last modality, that of the text.
        width: of the encoder.
    """
    return text + 2 * min(width, dim - text)


def alike(fused: Vectors, spans: Sequence[Clip], weights: Vectors, text: int) -> Vectors:
    """Return the vectors of spans: [spans, d], of unit norm.

    Titles differ in few ways, so their part has as many axes as the encoder is wide. A moment's
    text is kept whole besides: few axes lose what lines say.

    Args:
        fused: of all shots of the title, [shots, D].
        spans: runs of its shots.
        weights: of the encoder's input, [width, D].
        text: the width of the last modality, that of the text.
    """
    own = unit(pool_clips(narrow(fused, weights, text), spans))
    whole = Clip(0, 0, len(fused), 0, 0)
    story = unit(pool_clips(narrow(fused, weights, 0)[:, : own.shape[1] - text], [whole]))
    return np.concatenate([own, story.repeat(len(own), 0)], axis=1) * _SCALE


def narrow(fused: Vectors, weights: Vectors, kept: int) -> Vectors:
    """Return fused embeddings on axes of the encoder's input, [n, min(width, D - kept) + kept].

    That input starts as the principal axes of the catalogue's shots. The last ``kept`` numbers stay
    as they are.
    """
    rest = fused.shape[1] - kept
    axes, _ = np.linalg.qr(weights[:, :rest].T)
    narrowed: Vectors = np.concatenate([fused[:, :rest] @ axes, fused[:, rest:]], axis=1)
    return narrowed


def weighed(vector: Vectors, text: int, story: float) -> Vectors:
    """Return a vector [d] to look for: its parts weigh ``1 - story`` and ``story``.

    With one example, the dot product is the mean of both cosines with these weights.
    """
    own = (len(vector) + text) // 2
    parts = [vector[:own] * (2 - 2 * story), vector[own:] * (2 * story)]
    return np.concatenate(parts).astype(np.float32)
