"""What moves: the camera, or what it shows."""

from fractions import Fraction

import numpy as np
import pytest

from indexer.look.camera import Movement
from indexer.look.measure import measure
from indexer.look.values import values_of_shot
from indexer.pipeline_sections import LookSettings
from indexer.records import Shot
from indexer.shots.compare import Picture
from tests.indexer.look.drawn import FPS, Frames, moved, texture


def movement(frames: Frames, fps: int = FPS) -> Movement:
    picture = Picture(frames, slice(0, frames.shape[1]), slice(0, frames.shape[2]))
    return measure(picture, Shot(0, 0, len(frames), "start"), Fraction(fps)).movement


def camera(frames: Frames, fps: int = FPS) -> list[str]:
    picture = Picture(frames, slice(0, frames.shape[1]), slice(0, frames.shape[2]))
    look = measure(picture, Shot(0, 0, len(frames), "start"), Fraction(fps))
    values = values_of_shot(look, len(frames) / fps, LookSettings())
    return [each for each in values if each.startswith("camera:")]


@pytest.mark.parametrize("fps", [12, 24, 50])
def test_a_pan_is_measured_in_widths_a_second(fps: int) -> None:
    found = movement(moved(x=0.2, fps=fps), fps)
    assert found.x == pytest.approx(0.2, rel=0.15)
    assert abs(found.y) < 0.01
    assert abs(found.growth) < 0.05
    assert found.steady_x > 0.99


@pytest.mark.parametrize(
    ("frames", "name"),
    [
        (moved(x=-0.15), "pan"),
        (moved(y=0.1), "tilt"),
        (moved(growth=0.3), "zoom"),
        (moved(growth=-0.2), "zoom"),
        (moved(), "fixed"),
    ],
)
def test_movements_have_their_names(frames: Frames, name: str) -> None:
    assert camera(frames) == [f"camera:{name}"]


def test_a_pan_over_drawings_on_twos_is_as_quick() -> None:
    drawn = np.repeat(moved(x=0.2, fps=12), 2, axis=0)
    assert movement(drawn).x == pytest.approx(0.2, rel=0.15)


def test_a_fade_is_no_movement() -> None:
    light = np.linspace(0, 1, 48)[:, None, None, None]
    found = movement((moved() * light).astype(np.uint8))
    assert found.path < 0.01
    assert found.change < 0.05


def test_a_subject_that_walks_leaves_the_camera_fixed() -> None:
    frames = moved()
    subject = np.asarray(texture(1).resize((14, 20)))
    for place, frame in enumerate(frames):
        left = 2 + place * 30 // len(frames)
        frame[7:, left : left + 14] = subject
    assert camera(frames) == ["camera:fixed"]
    assert movement(frames).change > 0.03


def test_what_shakes_moves_in_no_one_way() -> None:
    shift = np.random.default_rng(3).normal(0, 0.02, (24, 2))
    frames = [moved(2 / FPS, *(FPS * each))[1] for each in shift]
    assert camera(np.stack(frames)) == []


def test_a_single_frame_does_not_move() -> None:
    assert movement(moved(1 / FPS)) == Movement()
    assert camera(moved(1 / FPS)) == ["camera:fixed"]
