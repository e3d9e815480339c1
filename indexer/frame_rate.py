"""The rational frame rate of a film, from its presentation timestamps.

Containers round: WebM and Matroska to a millisecond, so that 24000/1001 reads as 41.7 or 23.98;
others declare their clock (1000 or 90000) as the rate. So the rate is measured from timestamps,
and snapped to a standard rate within the precision of the measurement.
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

_OWN = 0.95
"""Share of a variable film's frames that have a place of their own on its grid."""

_NEAR = 1.1
"""Ratio of rates between which the fit of the grid decides, not the number of places."""

_WAVER = 0.35
"""Standard deviation, as a share of their mean, of the intervals of a clock that wavers."""

_DRIFT = 0.15
"""Such a deviation up to which the clock may also drift; beyond it, a drift is a second rate."""

_ASTRAY = 5.0
"""Frames by which a clock that wavers, but does not drift, is off its mean rate at most."""

_PULLDOWN = [Fraction(25), Fraction(30000, 1001), Fraction(30)]
"""Rates of video that film is shown on by holding pictures for two fields or three."""

_MIDDLE = 0.45
"""Frames from a place on the grid: beyond that a tick decides which place is nearest."""

_FITS = 0.25
"""Frames from a grid, as the root of the mean square; 0.29 is that of times at random."""

_EXACT = 0.05
"""The same, up to which timestamps were counted on a grid."""

_BREAK = 20
"""Typical intervals after which a grid is taken up anew: what comes later is judged apart."""


@dataclass(frozen=True)
class FrameRate:
    """A grid's rate, and whether the frames' own times vary."""

    fps: Fraction
    variable: bool


@dataclass(frozen=True)
class _Fit:
    """How times lie on a grid: the share of frames that have a place of their own, and how far
    they are from their places, in frames, as a mean and as the root of the mean square.

    The mean distance is less biased by frames of a second rate that fall on a few phases.
    """

    own: float
    mean: float
    root: float


def frame_rate(
    windows: Sequence[Sequence[int]], time_base: Fraction, declared: Sequence[Fraction | None]
) -> FrameRate:
    """Return the frame rate that the timestamps show.

    A variable rate gets the slowest grid on which nearly every frame has a place of its own.
    Among rates as close as 29.97 and 30, the one whose grid fits the timestamps best is taken.
    Film held alternately for two and three fields (soft telecine) gets the video's rate.

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
        return FrameRate(_grid(_runs(windows, middle, time_base), claims), variable=True)
    mean = float(np.mean(gaps[steady])) * float(time_base)
    # Each run of timestamps may be off by a tick at either end.
    doubt = 2 * len(windows) / float(np.sum(gaps[steady]))
    rate = _choose_rate(1 / mean, doubt, claims)
    if rate not in STANDARD + LOW and rate not in claims and np.ptp(gaps[steady]) > 2:
        # Jittering times with dropped frames: the remaining intervals do not add up.
        rate = _grid(_runs(windows, middle, time_base), claims)
    return FrameRate(rate, variable=False)


def offset(window: Sequence[int], time_base: Fraction, fps: Fraction) -> Fraction:
    """Return the seconds from a window's first frame to its place on the best-fitting grid.

    Zero if, with the first frame on the grid, no frame is near the middle between two places.
    """
    times = np.unique(np.asarray(window, np.int64))
    places = (times - times[0]) * float(time_base * fps)
    if len(places) == 0 or np.abs(places - np.rint(places)).max() < _MIDDLE:
        return Fraction(0)
    # The middle between two places is put where the fewest frames are near it.
    parts = np.sort((places % 1).round(3) % 1)
    empty = np.diff(np.append(parts, parts[0] + 1))
    widest = int(np.argmax(empty))
    middle = parts[widest] + empty[widest] / 2
    return Fraction(middle % 1 - 0.5).limit_denominator(1000) / fps


def snap(rate: Fraction, tolerance: float) -> Fraction:
    """Return the standard rate within a relative ``tolerance``, else the rate itself."""
    nearest = min(STANDARD + LOW, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= tolerance * nearest else rate


def _gaps(windows: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Return the intervals between neighbouring frames in ticks; repeated times are left out."""
    runs = [np.diff(np.unique(np.asarray(window, np.int64))) for window in windows]
    return np.concatenate([*runs, np.empty(0, np.int64)]).astype(np.float64)


def _choose_rate(measured: float, doubt: float, claims: Sequence[Fraction]) -> Fraction:
    """Return a declared or a standard rate that fits the measurement, else the measured rate."""
    fits = [r for r in claims if abs(float(r) - measured) <= (doubt + 2e-4) * measured]
    for claim in fits:
        if snap(claim, 1e-5) in STANDARD:
            return snap(claim, 1e-5)
    rate = snap(Fraction(measured).limit_denominator(100_000), doubt + 2e-4)
    if rate in STANDARD or not fits:
        return _bounded(rate.limit_denominator(1001))
    return fits[0].limit_denominator(1001)


def _runs(
    windows: Sequence[Sequence[int]], middle: float, time_base: Fraction
) -> list[NDArray[np.float64]]:
    """Return the times of frames in seconds, from zero in each run without a long interval."""
    runs = []
    for window in windows:
        times = np.unique(np.asarray(window, np.int64))
        breaks = np.flatnonzero(np.diff(times) > _BREAK * middle) + 1
        runs += [(run - run[0]) * float(time_base) for run in np.split(times, breaks)]
    long = [run for run in runs if len(run) > _BREAK]
    return long or [max(runs, key=len)]


def _grid(runs: Sequence[NDArray[np.float64]], claims: Sequence[Fraction]) -> Fraction:
    """Return the rate whose grid fits times that vary; see ``frame_rate``."""
    gaps = np.concatenate([np.diff(run) for run in runs])
    telecine = [rate for rate in _PULLDOWN if _is_pulldown(gaps * float(2 * rate))]
    if telecine:
        return min(telecine, key=lambda rate: _fit(runs, 2 * rate).root)
    mean = Fraction(1 / float(np.mean(gaps)))
    slowest = _slowest(runs, gaps, mean)
    near = [rate for rate in STANDARD + LOW if slowest <= rate <= _NEAR * slowest]
    found = {rate: _fit(runs, rate) for rate in near}
    # Where a clock drifts, its times lie anywhere on every grid.
    fits = min(fit.root for fit in found.values()) <= _FITS
    best = min(near, key=lambda rate: (round(found[rate].mean, 3) * fits, abs(rate - mean)))
    declared = [rate for rate in claims[:1] if slowest <= rate <= _NEAR * slowest]
    # A declared rate that no export format can express must fit far better.
    closer = [rate for rate in declared if _fit(runs, rate).root < found[best].root / 2]
    return closer[0].limit_denominator(1001) if closer else best


def _slowest(
    runs: Sequence[NDArray[np.float64]], gaps: NDArray[np.float64], mean: Fraction
) -> Fraction:
    """Return the slowest candidate rate for times that vary."""
    fits = {rate: _fit(runs, rate) for rate in STANDARD + LOW}
    fastest = _NEAR / float(np.min(gaps))
    exact = [rate for rate, fit in fits.items() if fit.own == 1 and fit.root <= _EXACT]
    if exact and min(exact) <= fastest:
        return min(exact)
    if snap(mean, 2e-3) in STANDARD + LOW and _jitters(
        runs, float(np.std(gaps)) * float(mean), mean
    ):
        return snap(mean, 2e-3) / Fraction(1002, 1000)
    return min((rate for rate, fit in fits.items() if fit.own >= _OWN), default=max(STANDARD))


def _jitters(runs: Sequence[NDArray[np.float64]], deviation: float, mean: Fraction) -> bool:
    """Return whether the times jitter around one rate, rather than alternate between two."""
    if not _DRIFT < deviation <= _WAVER:
        return deviation <= _DRIFT
    astray = [run * float(mean) - np.arange(len(run)) for run in runs]
    return max(float(np.ptp(each)) for each in astray) <= _ASTRAY


def _is_pulldown(fields: NDArray[np.float64]) -> bool:
    """Return whether intervals, in fields, alternate between two and three."""
    two, three = np.abs(fields - 2) < 0.2, np.abs(fields - 3) < 0.2
    return bool(np.mean(two | three) >= 1 - _STRAYS and min(two.mean(), three.mean()) >= 0.04)


def _fit(runs: Sequence[NDArray[np.float64]], rate: Fraction) -> _Fit:
    places = [run * float(rate) - _phase(run, rate) for run in runs]
    own = sum(len(np.unique(np.rint(place))) for place in places)
    away = np.concatenate([place - np.rint(place) for place in places])
    mean, root = float(np.mean(np.abs(away))), float(np.sqrt(np.mean(away**2)))
    return _Fit(own / len(away), mean, root)


def _phase(run: NDArray[np.float64], rate: Fraction) -> float:
    """Return the average offset of times from the grid, in frames from -1/2 to 1/2."""
    return float(np.angle(np.mean(np.exp(2j * np.pi * run * float(rate)))) / (2 * np.pi))


def _bounded(rate: Fraction) -> Fraction:
    return min(max(rate, SLOWEST), FASTEST)
