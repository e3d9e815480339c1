"""Fades through white, black or any colour count as one transition, not one at either end.

A fade shows in the contrast of the frames, which falls to nothing and rises again with the next
shot. Its start and end follow from the frames' distance to the colour in between, which changes
evenly during a fade.
"""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from indexer.pipeline_sections import ShotSettings
from indexer.shots.boundary import Boundary
from indexer.shots.compare import BLANK, Picture
from indexer.shots.fast import Mask, Measure, spans

Span = tuple[int, int]

_LOW = 0.25
"""Contrast in the middle of a fade, as a part of the contrast on both sides."""
_REACH_SECONDS = 1
"""How far from its middle a fade of nearly blank frames has its full contrast."""
_LONGEST_SECONDS = 4
"""A fade is followed so far from the blank."""
_WHOLE = 0.97
"""Part of the way from the colour to the picture at which a fade has ended."""
_PAUSE = 3
"""Frames without a step further from the colour after which a fade has ended."""
_GRACE = 2
_MIXED = 0.9
"""Likeness of a picture to itself when half is faded; where the camera moves to the sky or past
a wall it is lower on both sides."""
_MOVED = 0.5
"""The same for the livelier of both sides: what moves in it is elsewhere after half a fade."""
_SOFT = 5
"""With fewer fading frames on both sides together, the blank lies between hard cuts."""


def join_fades(
    picture: Picture, boundaries: Iterable[Boundary], fps: Fraction, settings: ShotSettings
) -> list[Boundary]:
    """Replace the boundaries of a fade-out and the fade-in after it by one gradual transition.

    The blank between them is not a shot. A blank between two hard cuts stays, and so does one
    longer than the settings allow. A fade-in that opens a film is not a boundary.
    """
    kept = list(boundaries)
    longest = settings.fade_seconds * fps
    for first, end in spans(blanks(picture.contrast(), fps)):
        if end - first > longest or end == len(picture.frames):
            continue
        begins, ends = fade_around(picture, first, end, fps)
        if first - begins + ends - end < _SOFT:
            continue
        inside = [each for each in kept if begins - _GRACE <= each.frame <= ends + _GRACE]
        if inside or changes_shot(picture, (begins, first), (end, ends), settings):
            kept = [each for each in kept if each not in inside]
            kept += [_transition((begins, first), (end, ends))] if begins > 0 else []
    return sorted(kept)


def blanks(contrast: Measure, fps: Fraction) -> Mask:
    """Return which frames are blank, or have far less contrast than those before and after: [n]."""
    reach = max(1, round(_REACH_SECONDS * fps))
    padded = np.pad(contrast, reach)
    highest = np.lib.stride_tricks.sliding_window_view(padded, reach).max(axis=1)
    before, after = highest[: len(contrast)], highest[reach + 1 :]
    low: Mask = (contrast < BLANK) | (contrast <= _LOW * np.minimum(before, after))
    return low


def fade_around(picture: Picture, first: int, end: int, fps: Fraction) -> tuple[int, int]:
    """Return the first frame and the end of the fade around the blank ``first`` to ``end``."""
    longest = round(_LONGEST_SECONDS * fps)
    blank = picture[first:end]
    colour = blank[blank.std(axis=(1, 2)).mean(axis=1).argmin()].mean(axis=(0, 1))
    out = np.abs(picture[max(0, first - longest) : first] - colour).mean(axis=(1, 2, 3))
    back = np.abs(picture[end : end + longest] - colour).mean(axis=(1, 2, 3))
    return first - _fading(out[::-1]), end + _fading(back)


def _fading(distance: Measure) -> int:
    """Return the number of frames in a fade, from each frame's distance to the fade's colour."""
    highest = 0
    for frame in range(1, len(distance)):
        if distance[frame] > distance[highest] * 1.01:
            highest = frame
        elif frame - highest >= _PAUSE:
            break
    whole = distance[: highest + 1] >= _WHOLE * distance[highest : highest + 1]
    frames = int(whole.argmax()) if len(whole) else 0
    return frames if frames > 1 else 0


def changes_shot(picture: Picture, out: Span, back: Span, settings: ShotSettings) -> bool:
    """Return whether the frames ``out`` and ``back`` fade different pictures."""
    begins, ends = out[0], back[1]
    if begins == 0 or ends >= len(picture.frames):
        return False
    window = picture.compare(begins - 1, ends + 1)
    halves = [(first + end) // 2 - begins + 1 for first, end in (out, back)]
    likeness = window.likeness[0, halves[0]], window.likeness[-1, halves[1]]
    fades = max(likeness) >= _MIXED and min(likeness) >= _MOVED
    return bool(fades and not window.same(settings.same_shot)[0, -1])


def _transition(out: Span, back: Span) -> Boundary:
    """Return a fade's boundary; at a hard edge, if it has one."""
    (begins, first), (end, ends) = out, back
    if ends == end:
        return Boundary(ends, begins, ends)
    return Boundary(begins, begins, ends) if begins == first else Boundary.gradual(begins, ends)
