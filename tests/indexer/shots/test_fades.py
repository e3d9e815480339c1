"""A fade out and the fade in after it are one transition, of their common length."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.pipeline_sections import ShotSettings
from indexer.shots.boundary import Boundary
from indexer.shots.compare import without_bars
from indexer.shots.fades import join_fades
from tests.indexer.shots.pictures import COLOURS, Frames, blend, shot, with_bars

FPS = Fraction(24)
SETTINGS = ShotSettings()


def faded(colour: str, out: int, held: int, back: int) -> Frames:
    """Sixty frames that fade out, a blank and sixty that fade in."""
    film = np.concatenate([shot(1, 60 + held), shot(2, 60)])
    share: NDArray[np.float64] = np.zeros(len(film))
    share[60 - out : 60] = np.arange(1, out + 1) / (out + 1)
    share[60 : 60 + held] = 1
    share[60 + held : 60 + held + back] = np.arange(back, 0, -1) / (back + 1)
    return blend(film, colour, share)


def joined(
    film: Frames, *boundaries: Boundary, settings: ShotSettings = SETTINGS
) -> list[Boundary]:
    return join_fades(without_bars(film), boundaries, FPS, settings)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("shape", [(6, 0, 6), (12, 12, 12), (20, 4, 10), (40, 24, 30)])
def test_a_fade_through_a_colour_is_one_transition(
    colour: str, shape: tuple[int, int, int]
) -> None:
    out, held, back = shape
    film, first, end = faded(colour, *shape), 60 - out, 60 + held + back
    for boundaries in ([], [Boundary.cut(60)], [Boundary.cut(60 - out // 2), Boundary.cut(end)]):
        [found] = joined(film, *boundaries)
        assert abs(found.first - first) <= 2
        assert abs(found.end - end) <= 2
        assert found.frame == (found.first + found.end + 1) // 2
    [inside] = joined(with_bars(film))
    assert abs(inside.first - first) <= 2


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("frames", [6, 9, 15])
def test_what_moves_while_it_fades_is_still_a_fade(colour: str, frames: int) -> None:
    """In one of both shots nearly everything is elsewhere when the fade is over."""
    film = np.concatenate([shot(1, 60), shot(2, 480)[::8][:60]])
    share = np.clip(1 - abs(np.arange(120) - 60) / (frames + 1), 0, 1)
    [found] = joined(blend(film, colour, share))
    assert abs(found.frame - 60) <= 4


def test_the_new_shot_begins_at_a_hard_edge() -> None:
    out, back = faded("white", 12, 2, 0), faded("white", 0, 2, 12)
    assert joined(out, Boundary.gradual(50, 60), Boundary.cut(62)) == [Boundary(62, 48, 62)]
    assert joined(back, Boundary.cut(60)) == [Boundary(60, 60, 74)]


def test_a_blank_between_hard_cuts_and_a_long_one_are_shots() -> None:
    hard, long = faded("black", 0, 20, 0), faded("black", 12, 60, 12)
    edges = [Boundary.cut(60), Boundary.cut(80)]
    assert joined(hard, *edges) == edges
    fades = [Boundary.gradual(48, 60), Boundary.gradual(120, 132)]
    assert joined(long, *fades) == fades
    assert len(joined(long, *fades, settings=ShotSettings(fade_seconds=3))) == 1


def test_a_fade_in_opens_a_film_without_a_boundary() -> None:
    film = faded("black", 0, 10, 20)[60:]
    assert joined(film, Boundary.gradual(10, 30)) == []


def test_a_shot_that_fades_and_comes_back_has_the_boundaries_that_were_found() -> None:
    film = np.concatenate([shot(1, 60), shot(1, 60)])
    share = np.clip(1 - abs(np.arange(120) - 60) / 10, 0, 1)
    film = blend(film, "black", share)
    assert joined(film) == []
    assert len(joined(film, Boundary.cut(52), Boundary.cut(68))) == 1


def test_a_camera_that_passes_something_plain_does_not_fade() -> None:
    """The picture leaves upwards as the sky comes in: it is the picture itself, moved."""
    wide = np.concatenate([shot(1, 1)[0], np.full((27, 48, 3), 200, np.uint8), shot(2, 1)[0]])
    pan = np.stack([wide[row : row + 27] for row in range(55)])
    still = [np.repeat(pan[frame : frame + 1], 30, axis=0) for frame in (0, -1)]
    assert joined(np.concatenate([still[0], pan, still[1]])) == []
