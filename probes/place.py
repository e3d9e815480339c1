"""Where an item lies and how it is cut, with no embedding: the blocks *place* and *title form*."""

import numpy as np
from numpy.typing import NDArray

from probes.labels.matching import ShotTimes

WAVES = 3
"""Half waves along a title, by which the position enters: start, middle and end differ, and so do
its quarters."""

Row = NDArray[np.float64]


def place_of(times: ShotTimes, speaks: NDArray[np.bool_], first: int, end: int) -> Row:
    """Return the place of shots ``first`` to ``end``: [7] float64.

    That is the position of their middle in the title, the logarithms of their seconds, their number
    and the title's seconds a shot, and their share with dialogue.

    Args:
        times: of the title's shots.
        speaks: [shots], whether there is dialogue.
        first: the first shot.
        end: after the last one.
    """
    start, stop = times[0, 0], times[-1, 1]
    middle = (times[first, 0] + times[end - 1, 1]) / 2
    position = (middle - start) / max(stop - start, 1e-6)
    waves = np.cos(np.pi * position * np.arange(1, WAVES + 1))
    own = title_form(times[first:end], speaks[first:end])
    return np.array([*waves, *own, _log((stop - start) / len(times))])


def title_form(times: ShotTimes, speaks: NDArray[np.bool_]) -> Row:
    """Return the logarithms of a title's seconds and number of shots, whose difference is its rate
    of cuts, and its share of shots with dialogue: [3] float64; the arguments are as for
    ``place_of``."""
    seconds = times[-1, 1] - times[0, 0]
    return np.array([_log(seconds), np.log(len(times)), float(speaks.mean())])


def _log(seconds: float) -> float:
    return float(np.log(max(seconds, 1e-3)))
