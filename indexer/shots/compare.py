"""Compares frames of a title: whether two show the same shot, and whether one is blank."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.shots.fast import CUT_CHANGE, Frames, Mask, Measure

BLANK = 6.0
"""Standard deviation of colour values below which a frame is blank."""

_ROWS, _COLUMNS = 9, 16
_STILL = 4.0
"""Mean difference of colour values, of 255, below which frames are the same, whatever they show."""
_ONE_PICTURE = 0.9
"""Likeness of frames that differ in light alone; across 300 cuts of three films it was below."""
_BY_LIGHT = 0.5
"""Change of mean brightness, as a part of all change, that speaks of light: moving things and
jump cuts brighten some places and darken others."""
_NOISE = 4.0
"""Variance of brightness that encoding alone gives a blank frame."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_DARK = 24
_SAMPLES = 500
_CHUNK = 128


@dataclass(frozen=True)
class Comparison:
    """Every frame of a window compared with every other.

    ``distance``: [m, m] mean absolute difference of colour values.
    ``likeness``: [m, m] correlation of brightness, from -1 to 1; ignores exposure and tint.
    ``brightness``: [m] mean.
    ``blank``: [m] whether a frame is blank.
    """

    distance: Measure
    likeness: Measure
    brightness: Measure
    blank: Mask

    def same(self, threshold: float) -> Mask:
        """Return which frames show the same shot: [m, m]."""
        alike: Mask = (self.likeness >= threshold) | (self.distance <= _STILL)
        return alike

    def one_picture(self) -> bool:
        """Return whether no two frames differ by as much as the smallest obvious cut."""
        return bool(self.likeness.min() >= _ONE_PICTURE and self.distance.max() < CUT_CHANGE)

    def relit(self, one: int, other: int) -> bool:
        """Return whether two frames are one picture before and after a light is switched."""
        change = abs(float(self.brightness[one] - self.brightness[other]))
        by_light = change >= max(_STILL, _BY_LIGHT * float(self.distance[one, other]))
        return by_light and float(self.likeness[one, other]) >= _ONE_PICTURE


@dataclass(frozen=True)
class Picture:
    """The small frames of a title without their black bars."""

    frames: Frames
    rows: slice
    columns: slice

    def __getitem__(self, part: slice) -> NDArray[np.float32]:
        """Return consecutive frames: [m, height, width, 3]."""
        return np.asarray(self.frames[part, self.rows, self.columns], np.float32)

    def compare(self, first: int, end: int) -> Comparison:
        """Compare the frames ``first`` to ``end`` with each other.

        They are reduced to 16 x 9 colours, so that a pan or an actor who moves in a few
        frames changes little.
        """
        whole = self[first:end]
        small = _reduce(whole).reshape(len(whole), _ROWS * _COLUMNS, 3)
        distance = np.stack([np.abs(small - each).mean(axis=(1, 2)) for each in small])
        light = small @ _LUMA
        centred = light - light.mean(axis=1, keepdims=True)
        products = centred @ centred.T / centred.shape[1]
        spread = np.sqrt(products.diagonal() + _NOISE)
        return Comparison(
            distance=distance,
            likeness=products / np.outer(spread, spread),
            brightness=light.mean(axis=1),
            blank=_contrast(whole) < BLANK,
        )

    def contrast(self) -> Measure:
        """Return the standard deviation of every frame's colour values: [n]."""
        starts = range(0, len(self.frames), _CHUNK)
        return np.concatenate([_contrast(self[start : start + _CHUNK]) for start in starts])


def without_bars(frames: Frames) -> Picture:
    """Remove rows and columns at the edges that are black in most of a title's frames."""
    sample = frames[:: max(1, len(frames) // _SAMPLES)]
    brightest = np.percentile(sample.max(axis=3), 75, axis=0)
    rows, columns = _inside(brightest.max(axis=1)), _inside(brightest.max(axis=0))
    if rows.stop - rows.start < _ROWS or columns.stop - columns.start < _COLUMNS:
        return Picture(frames, slice(0, frames.shape[1]), slice(0, frames.shape[2]))
    return Picture(frames, rows, columns)


def _inside(brightest: NDArray[np.float64]) -> slice:
    """Return the span between dark edges, without lines that mix picture and bar."""
    bright = np.flatnonzero(brightest > _DARK)
    if not len(bright):
        return slice(0, 0)
    first, last = int(bright[0]), int(bright[-1])
    return slice(first + (first > 0), last + (last == len(brightest) - 1))


def _reduce(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean colours of 9 x 16 blocks: [m, 9, 16, 3]."""
    for axis, count in ((1, _ROWS), (2, _COLUMNS)):
        edges = np.linspace(0, pictures.shape[axis], count + 1).astype(np.int64)
        shape = [1, 1, 1, 1]
        shape[axis] = count
        sums: NDArray[np.float32] = np.add.reduceat(pictures, edges[:-1], axis=axis)
        pictures = np.divide(sums, np.diff(edges).reshape(shape), dtype=np.float32)
    return pictures


def _contrast(pictures: NDArray[np.float32]) -> Measure:
    """Return the mean of the three colours' standard deviations in each frame: [m]."""
    # One colour at a time: over pixels of three colours, ``std`` takes ten times as long.
    colours = pictures.transpose(0, 3, 1, 2).reshape(len(pictures), 3, -1).copy()
    colours -= colours.mean(axis=2, keepdims=True)
    variance = np.einsum("mcp,mcp->mc", colours, colours) / colours.shape[2]
    deviation: Measure = np.sqrt(variance).mean(axis=1)
    return deviation
