"""Baselines for the encoder: predictions of hidden shots without one."""

import numpy as np
from numpy.typing import NDArray

from encoder.batches import Vectors

Flags = NDArray[np.bool_]


def interpolate(fused: Vectors, hidden: Flags) -> Vectors:
    """Predict the hidden rows of ``fused`` [n, D] from the visible ones on both sides: [h, D].

    The two are weighted by nearness; if one side has none, the other is copied. At least
    one row must be visible.
    """
    visible, wanted = np.flatnonzero(~hidden), np.flatnonzero(hidden)
    after = np.searchsorted(visible, wanted)
    left = visible[np.maximum(after - 1, 0)]
    right = visible[np.minimum(after, len(visible) - 1)]
    share = (wanted - left) / np.maximum(right - left, 1)
    weight = np.where(left == right, 0, share)[:, None].astype(np.float32)
    blended: Vectors = fused[left] * (1 - weight) + fused[right] * weight
    return blended


def copy_nearest(fused: Vectors, hidden: Flags) -> Vectors:
    """Predict the hidden rows of ``fused`` [n, D] as the nearest visible row: [h, D]."""
    visible, wanted = np.flatnonzero(~hidden), np.flatnonzero(hidden)
    nearest: Vectors = fused[visible[np.abs(visible - wanted[:, None]).argmin(axis=1)]]
    return nearest
