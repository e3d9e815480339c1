"""The still that a shot or clip is shown by."""

import numpy as np
from numpy.typing import NDArray

_LIT = 0.3
"""Share of the lightness of the lightest still, at least: the black of a fade has less."""


def choose_still(frames: NDArray[np.int64], light: NDArray[np.float32], middle: float) -> int:
    """Return the frame nearest to ``middle`` that is not too dark beside the others.

    Args:
        frames: that have a still, in order; at least one.
        light: the lightness of each.
        middle: of the span, a frame or half-way between two.
    """
    lit = frames[light >= _LIT * light.max()]
    return int(lit[np.abs(lit - middle).argmin()])
