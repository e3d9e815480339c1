"""Movement of the camera, as against that of what it shows, from small frames.

From one frame to the next, a shift and a growth of the whole picture are fitted to the gradients of
its brightness (Lucas and Kanade 1981; Bergen et al. 1992), with a gain and an offset for fades.
What does not follow, such as a person who walks, loses weight in the fit (iterated least squares
with Cauchy's weights). A fit counts as far as it explains the change in all parts of the picture:
a large subject before a plain background moves, too, but not everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Luma = Values
"""[n, height, width], from 0 to 1."""

_ROUNDS = 3
"""Fits of a pair of frames, each with weights from the residuals of the one before."""
_BLUR = np.array([1, 4, 6, 4, 1], dtype=np.float32) / 16
_NOISE = 2e-3
"""Luma that coding alone changes."""
_SPARSE = 4
"""Of so many residuals one is taken for their median, which takes long."""
_RIDGE = 1e-6
_PARTS = 4
"""Parts of the width, and of the height, in which a fit is checked."""
_BETTER = 0.85
"""Share of a part's change that a fit leaves there, at most, if it holds there."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Movement from frame to frame, arrays [pairs] float32.

    ``x`` and ``y``: shift of the picture in widths, positive to the right and down. ``growth``:
    0.01 where it grows by one percent. ``support``: share of the picture's parts that move so.
    ``change``: mean change of luma, without that of the light.
    """

    x: Values
    y: Values
    growth: Values
    support: Values
    change: Values


@dataclass(frozen=True, slots=True)
class Movement:
    """The movement of a shot, a second.

    ``x``, ``y`` and ``growth`` as in ``Steps``, each as far as it is supported, and from 0 to 1 how
    steadily it goes one way. ``path``: shifts in widths, whichever way. ``change``: of luma.
    """

    x: float = 0.0
    y: float = 0.0
    growth: float = 0.0
    steady_x: float = 0.0
    steady_y: float = 0.0
    steady_growth: float = 0.0
    path: float = 0.0
    change: float = 0.0


def sum_up(steps: Iterable[Steps], per_second: float) -> Movement:
    """Return the movement of a shot from its steps in order, of which there are so many a second.

    A shot of a single frame has none.
    """
    every = list(steps)
    if not every:
        return Movement()
    support = np.concatenate([each.support for each in every])
    x, y, growth = (
        np.concatenate([getattr(each, name) for each in every]) * support * per_second
        for name in ("x", "y", "growth")
    )
    change = np.concatenate([each.change for each in every])
    return Movement(
        float(x.mean()),
        float(y.mean()),
        float(growth.mean()),
        _steadiness(x),
        _steadiness(y),
        _steadiness(growth),
        float(np.hypot(x, y).mean()),
        float(change.mean()) * per_second,
    )


def _steadiness(steps: Values) -> float:
    every = float(np.abs(steps).mean())
    return abs(float(steps.mean())) / every if every > 0 else 0.0


def measure_steps(frames: Luma) -> Steps:
    """Return the movement from each frame to the next; there are two frames at least."""
    blurred = _blurred(frames)
    one, two = blurred[:-1], blurred[1:]
    columns = _columns((one + two) * np.float32(0.5))
    change = _inner(one - two)[:, None]
    light = columns[:, 3:]
    still = _residual(change, light, _fit(change, light))
    weights: Values | None = None
    for _ in range(_ROUNDS):
        found = _fit(change, columns, weights)
        residual = _residual(change, columns, found)
        spread: Values = 2 * np.median(residual[..., ::_SPARSE], axis=-1, keepdims=True) + _NOISE
        weights = np.reciprocal(np.float32(1) + np.square(residual / spread))
    shape = (frames.shape[1] - 2, frames.shape[2] - 2)
    return Steps(
        found[:, 0, 0],
        found[:, 0, 1],
        found[:, 0, 2],
        _support(_parts(residual, shape), _parts(still, shape)),
        still.mean(axis=(1, 2)),
    )


def _columns(middle: Luma) -> Values:
    """Return how each pixel changes with a shift, a growth, a gain and an offset: [n, 5, pixels].

    Shifts and places are in widths, so that all columns are of one size.
    """
    _, height, width = middle.shape
    along_y, along_x = np.gradient(middle, axis=(1, 2))
    along_x, along_y = along_x * width, along_y * width
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x - (width - 1) / 2) / width, (y - (height - 1) / 2) / width
    every = (along_x, along_y, along_x * x + along_y * y, middle, np.ones_like(middle))
    inner = np.stack([each[:, 1:-1, 1:-1] for each in every], axis=1)
    return inner.reshape(len(middle), len(every), -1)


def _inner(values: Values) -> Values:
    """Return pixels without those at the edge, whose gradients have one side: [n, pixels]."""
    return values[:, 1:-1, 1:-1].reshape(len(values), -1)


def _fit(change: Values, columns: Values, weights: Values | None = None) -> Values:
    """Return the least squares [n, 1, columns], of changes and weights [n, 1, pixels]."""
    weighted = (columns if weights is None else columns * weights).transpose(0, 2, 1)
    left = columns @ weighted
    left += np.eye(columns.shape[1], dtype=np.float32) * _RIDGE * columns.shape[2]
    found: Values = np.linalg.solve(left, (change @ weighted).transpose(0, 2, 1))
    return found.transpose(0, 2, 1)


def _residual(change: Values, columns: Values, found: Values) -> Values:
    residual: Values = np.abs(change - found @ columns)
    return residual


def _parts(residual: Values, shape: tuple[int, int]) -> Values:
    """Return the mean of each part of the picture: [n, parts, parts]."""
    values = residual.reshape(-1, *shape)
    for axis in (1, 2):
        size = shape[axis - 1]
        starts = np.arange(_PARTS) * size // _PARTS
        lengths = np.diff([*starts, size]).astype(np.float32)
        values = np.add.reduceat(values, starts, axis=axis)
        values = values / lengths.reshape([-1 if each == axis else 1 for each in range(3)])
    return values


def _support(moved: Values, still: Values) -> Values:
    """Return the share of the parts in which a fit explains the change; those with more count more.

    Args:
        moved: what the fit leaves of the change, [n, parts, parts].
        still: what light alone leaves.
    """
    weight = np.sqrt(still)
    holds = (moved < _BETTER * still) & (still > _NOISE)
    support: Values = (weight * holds).sum(axis=(1, 2)) / (weight.sum(axis=(1, 2)) + _RIDGE)
    return support


def _blurred(luma: Luma) -> Luma:
    """Blur frames, so that gradients reach as far as a step."""
    for axis in (1, 2):
        edge = [(2, 2) if each == axis else (0, 0) for each in range(3)]
        padded, length = np.pad(luma, edge, "edge"), luma.shape[axis]
        luma = np.zeros_like(luma)
        for place, weight in enumerate(_BLUR):
            luma += weight * padded.take(range(place, place + length), axis=axis)
    return luma
