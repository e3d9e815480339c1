"""What lies around an item: the mean of the shots before and after it, the nearer the weightier."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter  # type: ignore[import-untyped]

REACH = 4.0
"""Shots over which the weight of a neighbour falls to 1/e. Not tuned."""


class Neighbours:
    """Of one title, ``fused`` [n, D] float32, whose rows of zeros stand for nothing."""

    def __init__(self, fused: NDArray[np.float32], reach: float = REACH) -> None:
        rows = np.concatenate([fused, fused.any(axis=1, keepdims=True)], axis=1)
        fade = float(np.exp(-1.0 / reach))
        # Shots i-1, i-2, … weigh fade, fade², …; so do i+1, i+2, … from the other end.
        self._before = lfilter([0.0, fade], [1.0, -fade], rows, axis=0)
        self._after = lfilter([0.0, fade], [1.0, -fade], rows[::-1], axis=0)[::-1]

    def around(self, first: int, end: int) -> NDArray[np.float32]:
        """Return the mean around shots ``first`` to ``end``: [D], zeros where nothing is."""
        total = self._before[first] + self._after[end - 1]
        mean: NDArray[np.float32] = (total[:-1] / max(total[-1], 1e-9)).astype(np.float32)
        return mean
