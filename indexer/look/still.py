"""The still that a shot or clip is shown by."""

import numpy as np
from numpy.typing import NDArray

LIT = 0.3
"""Share of the lightness of the lightest still, at least: the black of a fade has less."""
GOOD = 0.75
"""Share of the score of the best still, at least: so the still is good, and from the middle."""


def choose_still(
    frames: NDArray[np.int64], values: NDArray[np.float32], middle: float, share: float = LIT
) -> int:
    """Return the frame nearest to ``middle`` whose value is near enough to the greatest.

    Args:
        frames: that have a still, in order; at least one.
        values: the lightness, or the score, of each.
        middle: of the span, a frame or half-way between two.
        share: of the greatest value, at least.
    """
    near = frames[values >= share * values.max()]
    return int(near[np.abs(near - middle).argmin()])
