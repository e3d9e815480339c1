"""Places of lines in what the detecting network says of each pixel.

The network is a DB (Liao et al. 2020, "Real-time scene text detection with differentiable
binarization"): it marks the cores of lines, which are narrower than the lines themselves. Only
level lines are found, from left to right.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]

from indexer.onscreen.records import Box

_CORE = 0.3
"""Probability from which a pixel belongs to a line's core."""
_CERTAIN = 0.5
"""Mean probability of a core, at least."""
_THIN = 3
"""Pixels of height and width, less than which is no core."""
_GROWTH = 1.5
"""Area by perimeter of a core, times this, is how far the line reaches beyond it."""
_UPRIGHT = 1.5
"""Height by width from which it is a line from top to bottom, or none."""


def boxes_in(probability: NDArray[np.float32]) -> list[Box]:
    """Return the places of lines, from top to bottom.

    Args:
        probability: [height, width], 0 to 1.
    """
    cores, _ = ndimage.label(probability > _CORE, np.ones((3, 3)))
    found = []
    for rows, columns in ndimage.find_objects(cores):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if min(height, width) < _THIN or probability[rows, columns].mean() < _CERTAIN:
            continue
        reach = height * width * _GROWTH / (2 * (height + width))
        if height + 2 * reach >= _UPRIGHT * (width + 2 * reach):
            continue
        found.append(_box(rows, columns, reach, probability.shape))
    return sorted(found, key=lambda each: (each.top, each.left))


def _box(rows: slice, columns: slice, reach: float, shape: tuple[int, ...]) -> Box:
    height, width = shape
    return Box(
        max(0.0, (columns.start - reach) / width),
        max(0.0, (rows.start - reach) / height),
        min(1.0, (columns.stop + reach) / width),
        min(1.0, (rows.stop + reach) / height),
    )
