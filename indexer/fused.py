"""The fused embedding: one shot's modalities side by side, without context.

As published for MediaFM: each modality's embedding at unit norm, concatenated, and the whole
at unit norm.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.base import Vectors
from indexer.errors import ReelfindError
from indexer.pooling import unit


def fuse(modalities: Mapping[str, Vectors]) -> Vectors:
    """Return fused embeddings: [n, D] float32, unit rows; D is the sum of the widths.

    Args:
        modalities: name to [n, width] of any norm, in the order of a fused row; a row of zeros
        means that the modality is missing.

    A missing modality keeps its zeros; a shot without any modality is a row of zeros.

    Raises:
        ReelfindError: an embedding holds a value that is not a finite number.
        ValueError: the numbers of rows differ.
    """
    for name, vectors in modalities.items():
        _check_finite(name, vectors)
    return unit(np.concatenate([unit(vectors) for vectors in modalities.values()], axis=1))


class ShotMeans:
    """The mean over each shot's frames of their unit-normed vectors, added batch by batch."""

    def __init__(self, shots: int, width: int) -> None:
        self._sums = np.zeros((shots, width))
        self._frames = np.zeros(shots, dtype=np.int64)

    def add(self, vectors: Vectors, shots: NDArray[np.integer]) -> None:
        """Add frames: [m, width], a row each, of any norm; ``shots`` [m] is the shot of each."""
        np.add.at(self._sums, shots, unit(vectors))
        np.add.at(self._frames, shots, 1)

    def means(self) -> Vectors:
        """Return the means: [shots, width] float32, not normalised; zeros without frames."""
        return (self._sums / np.maximum(self._frames, 1)[:, None]).astype(np.float32)


def worded_parts(video: int, audio: int, text: int, aligned: int) -> tuple[slice, ...]:
    """Return the parts of a fused embedding that words can fill, in order.

    Args:
        video: width of the video embedding.
        audio: width of the audio embedding, which no words fill.
        text: width of the text embedding, which any words fill.
        aligned: width of the space in which pictures are searched by words; words fill the video's
            part where that is the space of the video embedding itself, as for CLIP.
    """
    said = slice(video + audio, video + audio + text)
    return (slice(0, video), said) if video == aligned else (said,)


def _check_finite(modality: str, vectors: Vectors) -> None:
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise ReelfindError(
            f"shot {broken[0]}: its {modality} embedding holds a value that is not a number; "
            "index the title again with --force, and report the file if it comes back"
        )
