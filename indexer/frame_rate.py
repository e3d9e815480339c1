"""The rational frame rate of a film, from its presentation timestamps.

Containers round: WebM and Matroska to a millisecond, so that 24000/1001 reads as 41.7 or 23.98;
others declare their clock (1000 or 90000) as the rate. What the timestamps say is therefore
measured, and snapped to the standard rate that it cannot be told from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

_NTSC = [Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)]
STANDARD = sorted([*map(Fraction, (24, 25, 30, 48, 50, 60, 100, 120)), *_NTSC])
"""The frame rates of film, television and games."""

LOW = [Fraction(n) for n in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 18, 20)] + [Fraction(25, 2)]
"""Rates of animation, silent film, old telephones and slow cameras."""

SLOWEST, FASTEST = Fraction(1), Fraction(240)
"""A rate beyond these is a container's clock, not a film's."""

FALLBACK = Fraction(25)
"""For a file that has neither timestamps nor a sane declared rate."""

_JITTER = 0.1
"""Share of a frame by which a steady film's intervals may stray, beside rounding."""

_STRAYS = 0.02
"""Share of intervals that may differ (dropped frames, an edit) in a steady film."""


@dataclass(frozen=True)
class FrameRate:
    """A grid's rate, and whether the frames' own times vary."""

    fps: Fraction
    variable: bool


def frame_rate(
    windows: Sequence[Sequence[int]], time_base: Fraction, declared: Sequence[Fraction | None]
) -> FrameRate:
    """Return the frame rate that the timestamps show.

    A variable one gets the grid on which nearly every frame has a place of its own: the
    standard rate nearest to the one that 95 in 100 intervals are no shorter than.

    Args:
        windows: presentation timestamps of runs of neighbouring frames, in any order.
        time_base: seconds in one tick.
        declared: what the container says, the most trusted first; None is unknown.
    """
    claims = [rate for rate in declared if rate is not None and SLOWEST <= rate <= FASTEST]
    gaps = _gaps(windows)
    if gaps.size == 0:
        return FrameRate(snap(claims[0], 1e-4) if claims else FALLBACK, variable=False)
    middle = float(np.median(gaps))
    steady = np.abs(gaps - middle) <= 1.5 + _JITTER * middle
    if np.mean(~steady) > _STRAYS:
        return FrameRate(_grid(gaps, time_base), variable=True)
    mean = float(np.mean(gaps[steady])) * float(time_base)
    # Each run of timestamps may be off by a tick at either end.
    doubt = 2 * len(windows) / float(np.sum(gaps[steady]))
    return FrameRate(_settle(1 / mean, doubt, claims), variable=False)


def snap(rate: Fraction, tolerance: float) -> Fraction:
    """Return the standard rate within a relative ``tolerance``, else the rate itself."""
    nearest = min(STANDARD + LOW, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= tolerance * nearest else rate


def _gaps(windows: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Return the intervals between neighbouring frames in ticks; repeated times are left out."""
    runs = [np.diff(np.unique(np.asarray(window, np.int64))) for window in windows]
    return np.concatenate([*runs, np.empty(0, np.int64)]).astype(np.float64)


def _settle(measured: float, doubt: float, claims: Sequence[Fraction]) -> Fraction:
    """Return the rate that fits the measurement: a claimed one, a standard one, or it."""
    fits = [r for r in claims if abs(float(r) - measured) <= (doubt + 2e-4) * measured]
    for claim in fits:
        if snap(claim, 1e-5) in STANDARD:
            return snap(claim, 1e-5)
    rate = snap(Fraction(measured).limit_denominator(100_000), doubt + 2e-4)
    if rate in STANDARD or not fits:
        return _bounded(rate.limit_denominator(1001))
    return fits[0].limit_denominator(1001)


def _grid(gaps: NDArray[np.float64], time_base: Fraction) -> Fraction:
    """Return the standard rate nearest, by ratio, to that of the short intervals."""
    short = float(np.quantile(gaps, 0.05)) * float(time_base)
    rate = min(float(FASTEST), 1 / short)
    whole = [standard for standard in STANDARD + LOW if standard.denominator == 1]
    return min(whole, key=lambda standard: abs(np.log(float(standard) / rate)))


def _bounded(rate: Fraction) -> Fraction:
    return min(max(rate, SLOWEST), FASTEST)
