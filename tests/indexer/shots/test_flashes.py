"""The same shot on both sides makes no cut; another shot does, however short it is."""

from fractions import Fraction

import numpy as np
import pytest

from indexer.pipeline_sections import ShotSettings
from indexer.shots.boundary import Boundary
from indexer.shots.compare import without_bars
from indexer.shots.flashes import drop_flashes
from tests.indexer.shots.pictures import COLOURS, Frames, blend, shot

FPS = Fraction(24)
SETTINGS = ShotSettings()


def cuts(*frames: int) -> list[Boundary]:
    return [Boundary.cut(frame) for frame in frames]


def kept(
    film: Frames, *frames: int, fps: Fraction = FPS, settings: ShotSettings = SETTINGS
) -> list[Boundary]:
    return drop_flashes(without_bars(film), cuts(*frames), fps, settings)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_a_flash_is_no_cut(colour: str, length: int) -> None:
    film = shot(1, 60)
    end = 30 + length
    film[30:end] = blend(film[30:end], colour, 1)
    assert kept(film, 30, end) == []
    assert kept(film, end) == []


def test_an_insert_of_four_frames_is_no_cut_and_one_of_five_is() -> None:
    for length in (1, 4, 5):
        film = shot(1, 60)
        film[30 : 30 + length] = shot(2, length)
        assert kept(film, 30, 30 + length) == ([] if length < 5 else cuts(30, 35))


def test_a_short_shot_between_others_stays() -> None:
    for length in (3, 5, 8):
        film = np.concatenate([shot(1, 30), shot(2, length), shot(3, 30)])
        assert kept(film, 30, 30 + length) == cuts(30, 30 + length)


def test_light_that_comes_and_goes_is_no_cut() -> None:
    bright, dark, flicker = shot(1, 60), shot(1, 60), shot(1, 60)
    bright[30:38] = np.clip(bright[30:38] * 1.8 + 30, 0, 255)
    dark[30:38] = dark[30:38] * 0.2
    flicker[30:37] = blend(flicker[30:37], "white", np.array([0.9, 0.3, 0, 0.7, 0.2, 0.6, 0.1]))
    assert kept(bright, 30, 38) == kept(dark, 30, 38) == kept(flicker, 30, 33, 35) == []
    assert drop_flashes(without_bars(flicker), [Boundary(33, 30, 37)], FPS, SETTINGS) == []


def test_a_light_that_is_switched_on_is_no_cut() -> None:
    film = shot(1, 60)
    film[30:] = np.clip(film[30:] * 1.6 + 20, 0, 255)
    assert kept(film, 30) == []


@pytest.mark.parametrize("fps", [24, 60])
@pytest.mark.parametrize("hertz", [2, 3, 6, 12])
def test_a_strobe_is_no_cut(hertz: int, fps: int) -> None:
    film, half = shot(1, 3 * fps), fps // (2 * hertz)
    on = np.arange(2 * fps) // half % 2 == 1
    film[: len(on)][on] = blend(film[: len(on)][on], "white", 1)
    edges = np.flatnonzero(np.diff(on)) + 1
    assert kept(film, *edges.tolist(), fps=Fraction(fps)) == []


def test_a_flash_on_a_cut_is_one_cut() -> None:
    film = np.concatenate([shot(1, 30), shot(2, 30)])
    film[28:32] = blend(film[28:32], "white", 1)
    assert kept(film, 28, 32) == cuts(30)
    bright = np.concatenate([shot(1, 30), shot(2, 30)])
    bright[27:31] = blend(bright[27:31], "white", 0.8)
    assert kept(bright, 27, 30, 31) == cuts(30)


def test_a_blank_of_half_a_second_on_a_cut_is_one_transition_and_a_longer_one_stays() -> None:
    film = np.concatenate([shot(1, 30), blend(shot(1, 20), "black", 1), shot(2, 30)])
    assert kept(film, 30, 50) == cuts(30, 50)
    assert kept(np.delete(film, range(40, 50), axis=0), 30, 40) == [Boundary(35, 30, 40)]


def test_dissolves_and_cuts_without_a_flash_stay() -> None:
    share = np.clip((np.arange(60) - 25) / 10, 0, 1)[:, None, None, None]
    dissolve = (shot(1, 60) * (1 - share) + shot(2, 60) * share).astype(np.uint8)
    boundaries = [Boundary.gradual(25, 35)]
    assert drop_flashes(without_bars(dissolve), boundaries, FPS, SETTINGS) == boundaries
    assert kept(dissolve, 30) == cuts(30)
    darker = (shot(1, 60) * (1 - share) + shot(2, 60) * 0.3 * share).astype(np.uint8)
    for step in range(26, 36):
        assert kept(darker, step) == cuts(step)
    assert kept(np.concatenate([shot(1, 2), shot(2, 2), shot(3, 2)]), 2, 4) == cuts(2, 4)


def test_settings_of_nothing_keep_every_cut() -> None:
    film = shot(1, 60)
    film[30:32] = 255
    off = ShotSettings(flash_frames=0, flash_seconds=0)
    assert kept(film, 30, 32, settings=off) == cuts(30, 32)
