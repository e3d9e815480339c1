"""What the picture of a shot looks like and how it moves, in numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from indexer.look.camera import Luma, Movement, Steps, measure_steps, sum_up
from indexer.look.colours import colour_shares, read_colours, temperature
from indexer.look.names import Hue
from indexer.records import Shot
from indexer.shots.compare import Picture

STEPS_PER_SECOND = 8
"""Steps of the movement, at least: animation that is drawn on threes moves in each."""
_SEEN_PER_SECOND, _FEWEST, _MOST = 4, 4, 120
"""Frames of a shot whose colours are measured."""
_AT_ONCE = 64
"""Steps measured at once: so few stay in a processor's cache."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32) / np.float32(255)


@dataclass(frozen=True, slots=True)
class ShotLook:
    """The look of one shot.

    ``brightness``: mean lightness, 0 to 100. ``temperature``: from -1 (cold) to 1 (warm).
    ``chroma``: of the strongest colours, 0 where there are none. ``colours``: their shares of the
    picture, which make 1.
    """

    brightness: float
    temperature: float
    chroma: float
    colours: Mapping[Hue, float]
    movement: Movement


def measure(picture: Picture, shot: Shot, fps: Fraction) -> ShotLook:
    """Return the look of a shot of the film with these frames."""
    colours = read_colours(picture[_seen(shot, fps)].astype(np.uint8))
    step = max(1, fps // STEPS_PER_SECOND)
    return ShotLook(
        float(colours.lightness.mean()),
        temperature(colours),
        float(np.quantile(colours.chroma, 0.95)),
        colour_shares(colours),
        sum_up(_steps(picture, shot, step), float(fps / step)),
    )


def lightness(picture: Picture, frame: int) -> float:
    """Return the mean luma of a frame, 0 to 1."""
    return float((picture[frame : frame + 1] @ _LUMA).mean())


def _seen(shot: Shot, fps: Fraction) -> slice:
    """Return the frames, spread over a shot, whose colours are measured."""
    length = shot.end_frame - shot.start_frame
    step = min(max(round(fps / _SEEN_PER_SECOND), 1), max(length // _FEWEST, 1))
    step = max(step, -(-length // _MOST))
    return slice(shot.start_frame + step // 2, shot.end_frame, step)


def _steps(picture: Picture, shot: Shot, step: int) -> Iterator[Steps]:
    for first in range(shot.start_frame, shot.end_frame - step, _AT_ONCE * step):
        end = min(first + _AT_ONCE * step + 1, shot.end_frame)
        luma: Luma = picture[first:end:step] @ _LUMA
        yield measure_steps(luma)
