"""Tells quickly which stills can have text, and which show the same as the one before.

Strokes of letters have two edges close to each other, many of them side by side. Of the stills
of the development films without text, one in six is like that; see ``bench/onscreen.py``.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
"""The lightness of a picture, [height, width]."""

_SIDE = 252
"""Pixels of the shorter side, about, at which the measures below were chosen."""
_CELL = (8, 12)
"""Height and width of the cells that are measured."""
_SIDE_BY_SIDE = 3
_CONTRAST = 45
"""Difference of lightness (0 to 255) between neighbouring pixels that is an edge."""
_STROKES = 0.04
"""Share of a cell's pixels at which it gets brighter, and darker, in text."""
_SAME = 6.0
"""Mean difference of lightness in a cell up to which it shows the same."""


def read_grey(still: Path) -> Grey:
    """Return the lightness of a still."""
    with Image.open(still) as image:
        image.draft("L", image.size)
        grey = image.convert("L")
    return np.asarray(grey.reduce(max(1, round(min(grey.size) / _SIDE))))


def may_have_text(grey: Grey) -> bool:
    """Return whether there is a place with as many edges as text has."""
    if min(grey.shape) < _CELL[0]:
        return False
    steps = np.diff(grey.astype(np.int16), axis=1)
    strokes = np.minimum(_cells(steps > _CONTRAST), _cells(steps < -_CONTRAST))
    if strokes.shape[1] < _SIDE_BY_SIDE:
        return False
    beside = np.lib.stride_tricks.sliding_window_view(strokes, _SIDE_BY_SIDE, axis=1)
    return bool(beside.min(axis=2).max() >= _STROKES)


def show_the_same(one: Grey, other: Grey) -> bool:
    """Return whether two stills of a shot differ nowhere, so that they have the same text."""
    if one.shape != other.shape:
        return False
    return bool(_cells(np.abs(one.astype(np.int16) - other)).max() <= _SAME)


def _cells(values: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return the means of cells; what is left at the right and below belongs to none."""
    (height, width), (rows, columns) = values.shape, _CELL
    inside = values[: height // rows * rows, : width // columns * columns]
    cells = inside.reshape(height // rows, rows, width // columns, columns)
    means: NDArray[np.float32] = cells.mean(axis=(1, 3), dtype=np.float32)
    return means
