"""Pixels of a frame as video backbones take them."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Frame = NDArray[np.uint8]
"""RGB pixels: [height, width, 3] uint8."""

BLACK = 24
"""A bar's pixels are at most this bright in every channel (video black is 16, and noise)."""
WIDEST_BAR = 0.2
"""Of a side. A darker edge is the picture's own; 2.76:1 inside 16:9 leaves bars of 0.18."""


def without_bars(frame: Frame) -> Frame:
    """Return the frame without black bars above and below, or left and right.

    Bars are taken as equally wide on both sides, so a dark picture loses little.
    """
    height, width = frame.shape[:2]
    # Along memory first: a maximum over the colours of each pixel is thirty times slower.
    rows = _bar(frame.reshape(height, -1).max(axis=1))
    columns = _bar(frame.max(axis=0).max(axis=1))
    return frame[rows : height - rows, columns : width - columns]


def centre_crop(frame: Frame, size: int) -> Frame:
    """Return the middle of the frame: [size, size, 3], its short side filling the square."""
    height, width = frame.shape[:2]
    scale = size / min(height, width)
    small = _resized(frame, max(round(height * scale), size), max(round(width * scale), size))
    top, left = (small.shape[0] - size) // 2, (small.shape[1] - size) // 2
    return small[top : top + size, left : left + size]


def whole(frame: Frame, area: int, multiple: int, shortest: int) -> Frame:
    """Return the whole frame at about ``area`` pixels, its shape kept to within a few percent.

    Args:
        frame: the frame.
        area: pixels wanted.
        multiple: both sides are multiples of this.
        shortest: the least length of a side; a multiple of ``multiple``.
    """
    scale = math.sqrt(area / (frame.shape[0] * frame.shape[1]))
    height, width = (
        max(round(side * scale / multiple) * multiple, shortest) for side in frame.shape[:2]
    )
    return _resized(frame, height, width)


def _bar(brightest: NDArray[np.uint8]) -> int:
    lit = np.flatnonzero(brightest > BLACK)
    if not len(lit):
        return 0
    bar = int(min(lit[0], len(brightest) - 1 - lit[-1]))
    return bar if bar <= WIDEST_BAR * len(brightest) else 0


def _resized(frame: Frame, height: int, width: int) -> Frame:
    if frame.shape[:2] == (height, width):
        return frame
    return np.asarray(Image.fromarray(frame).resize((width, height), Image.Resampling.BICUBIC))
