"""From the vectors of shots to those of clips."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.records import Clip

Vectors = NDArray[np.float32]


def unit(vectors: Vectors) -> Vectors:
    """Return rows at unit norm: [n, d] float32; a row of zeros stays one."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32, copy=False)


def pool_clips(shot_vectors: Vectors, clips: Sequence[Clip]) -> Vectors:
    """Return the mean over each clip's shots: [clips, d] float32, not normalised.

    A row of zeros is a missing modality and does not count. MediaFM's clip embedding is this
    mean over in-context embeddings.
    """
    present: NDArray[np.bool_] = np.any(shot_vectors != 0, axis=1)
    pooled = np.zeros((len(clips), shot_vectors.shape[1]), np.float32)
    for row, clip in enumerate(clips):
        own = shot_vectors[clip.first_shot : clip.end_shot]
        own = own[present[clip.first_shot : clip.end_shot]]
        if len(own):
            pooled[row] = own.mean(axis=0)
    return pooled
