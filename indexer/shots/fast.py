"""The fast detector: measures the change from frame to frame on the small frames.

A hard cut is a change that stands out from its neighbourhood, as in PySceneDetect's adaptive
detector. The change is measured on RGB and not on hue, saturation and value: hue is
noise in dark and grey pictures, which made a false cut in a fade-in of Big Buck Bunny.

A dissolve or fade is a mixture of pictures: half-way between two of its frames the picture is
their mean, which motion almost never produces.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Measure = NDArray[np.float32]

CUT_CHANGE = 10.0
"""Mean change of a colour value, of 255, from which a change can be an obvious cut."""
CUT_RATIO = 12.0
"""How many times its neighbours' change an obvious cut has."""
WEAK_PROMINENCE = 8.0
"""Change above the neighbours' from which a frame is worth a second look."""
WEAK_RATIO = 2.0
"""Times its neighbours' change from which a frame is worth a second look."""
MIX_CHANGE = 10.0
"""Change over the whole reach from which a mixture is worth a second look."""
MIX_RESIDUE = 0.5
"""How far from the mean of both ends the middle may be, as a part of half their change."""
MIX_REACHES = (0.25, 0.5)
"""Seconds on both sides of the middle."""
MIX_LENGTH = 3
"""Frames in a row that must be mixtures: a single one is chance."""

_NEIGHBOURS = 3
_STILL = 0.5
"""Below this a frame counts as a repetition: animation is often drawn on twos or threes."""
_LASTING = 4
_CHUNK = 128
"""Frames measured at once: so few stay in a processor's cache."""


@dataclass(frozen=True)
class Candidates:
    """The fast detector's results for every frame of a title.

    ``change``: [n] float32, mean absolute difference of colour values (0 to 255) to the frame
    before; 0 for the first frame.
    ``cuts``: [n] bool, True where an obvious hard cut makes this frame the first of a shot.
    ``uncertain``: [n] bool, True where a weak, brief or gradual change wants a second look.
    """

    change: Measure
    cuts: Mask
    uncertain: Mask


def find_candidates(frames: Frames, fps: Fraction) -> Candidates:
    """Measure every frame of a title: [n, height, width, 3] uint8, may be memory-mapped."""
    change = frame_change(frames)
    around = neighbours_change(change)
    strong = (change >= CUT_CHANGE) & (change >= CUT_RATIO * around)
    weak = (change - around >= WEAK_PROMINENCE) & (change >= WEAK_RATIO * around)
    cuts = np.zeros_like(strong)
    for frame in np.flatnonzero(strong):
        cuts[frame] = _lasts(frames, int(frame), float(change[frame]))
    uncertain = weak & ~cuts
    for seconds in MIX_REACHES:
        reach = max(2, round(fps * Fraction(seconds)))
        for start, end in spans(mixtures(frames, reach) & ~_near(cuts, reach)):
            uncertain[start:end] |= end - start >= MIX_LENGTH
    return Candidates(change, cuts, uncertain)


def frame_change(frames: Frames) -> Measure:
    """Return each frame's mean absolute difference to the one before: [n] float32, first 0."""
    change = np.zeros(len(frames), np.float32)
    for start in range(1, len(frames), _CHUNK):
        part = np.asarray(frames[start - 1 : start + _CHUNK], np.int16)
        change[start : start + _CHUNK] = _difference(part[1:], part[:-1])
    return change


def neighbours_change(change: Measure) -> Measure:
    """Return the usual change around each frame: [n] float32.

    The median of three frames on either side, without repeated frames, so that one other cut or
    flash nearby has no effect.
    """
    moving = np.pad(np.where(change > _STILL, change, 0), _NEIGHBOURS)
    around = np.delete(sliding_window_view(moving, 2 * _NEIGHBOURS + 1), _NEIGHBOURS, axis=1)
    falling = np.sort(around, axis=1)[:, ::-1]
    middle = (np.count_nonzero(around, axis=1) + 1) // 2
    usual = np.take_along_axis(falling, middle[:, None], axis=1)[:, 0]
    result: Measure = np.maximum(usual, _STILL)
    return result


def mixtures(frames: Frames, reach: int) -> Mask:
    """Return where a frame is the mean of those ``reach`` before and after it: [n] bool."""
    found = np.zeros(len(frames), np.bool_)
    for start in range(reach, len(frames) - reach, _CHUNK):
        part = np.asarray(frames[start - reach : start + _CHUNK + reach], np.int16)
        before, middle, after = part[: -2 * reach], part[reach:-reach], part[2 * reach :]
        change = _difference(before, after)
        residue = _difference(2 * middle, before + after)
        mixed = (change >= MIX_CHANGE) & (residue <= MIX_RESIDUE * change)
        found[start : start + len(mixed)] = mixed
    return found


def spans(mask: Mask) -> list[tuple[int, int]]:
    """Return the runs of True as (start, end), end exclusive."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _lasts(frames: Frames, frame: int, change: float) -> bool:
    """Distinguish cuts from flashes: both sides of a cut stay different for a few frames."""
    part = np.asarray(frames[max(0, frame - 1 - _LASTING) : frame + 1 + _LASTING], np.int16)
    here = min(frame, 1 + _LASTING)
    to_last = _difference(part[here:], part[here - 1 : here])
    to_first = _difference(part[:here], part[here : here + 1])
    return bool(min(to_last.min(), to_first.min()) >= change / 2)


def _near(mask: Mask, reach: int) -> Mask:
    """Return the frames with a True within ``reach`` frames on either side."""
    near = np.zeros_like(mask)
    for frame in np.flatnonzero(mask):
        near[max(0, frame - reach) : frame + reach] = True
    return near


def _difference(left: NDArray[np.int16], right: NDArray[np.int16]) -> Measure:
    mean: Measure = np.abs(left - right).mean(axis=(1, 2, 3), dtype=np.float32)
    return mean
