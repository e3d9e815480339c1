"""The look of shots in words, and which of them hold for a clip."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from indexer.look.camera import Movement
from indexer.look.measure import ShotLook, measure
from indexer.look.names import HUES
from indexer.look.table import read_looks, write_looks
from indexer.look.values import values_of_shot
from indexer.pipeline_sections import LookSettings
from indexer.records import Shot
from indexer.shots.compare import without_bars
from indexer.traits import VALUES
from tests.indexer.look.drawn import moved, texture

SETTINGS = LookSettings()
PLAIN = ShotLook(50.0, 0.0, 30.0, dict.fromkeys(HUES, 0.0), Movement(change=0.1))


def words(look: ShotLook, settings: LookSettings = SETTINGS) -> list[str]:
    return values_of_shot(look, 4.0, settings)


def test_a_shot_has_one_value_of_each_kind() -> None:
    assert words(PLAIN) == [
        "brightness:normal",
        "temperature:neutral",
        "motion:calm",
        "camera:fixed",
    ]
    night = replace(PLAIN, brightness=10.0, temperature=-0.5, movement=Movement(change=0.5))
    assert words(night)[:3] == ["brightness:dark", "temperature:cold", "motion:lively"]
    day = replace(PLAIN, brightness=90.0, temperature=0.5, movement=Movement())
    assert words(day)[:3] == ["brightness:bright", "temperature:warm", "motion:static"]


def test_colours_are_named_from_their_share_on_the_largest_first() -> None:
    shares = dict.fromkeys(HUES, 0.0) | {"red": 0.25, "blue": 0.6, "green": 0.15}
    found = [each for each in words(replace(PLAIN, colours=shares)) if each.startswith("colour")]
    assert found == ["colour:blue", "colour:red"]
    assert "colour:black-and-white" in words(replace(PLAIN, chroma=2.0))


def test_thresholds_are_settings() -> None:
    settings = LookSettings(dark=60, warm=0, static=0.2, colourless=40)
    found = words(PLAIN, settings)
    assert found[:3] == ["brightness:dark", "temperature:warm", "motion:static"]
    assert "colour:black-and-white" in found


@pytest.mark.parametrize(
    ("movement", "camera"),
    [
        (Movement(x=0.1, steady_x=1, path=0.1), ["camera:pan"]),
        (Movement(x=0.1, steady_x=0.3, path=0.3), []),
        (Movement(y=-0.1, steady_y=1, path=0.1), ["camera:tilt"]),
        (Movement(growth=-0.1, steady_growth=1), ["camera:zoom"]),
        (Movement(x=0.1, steady_x=1, path=0.1, growth=0.2, steady_growth=1), ["camera:pan"]),
    ],
)
def test_a_camera_moves_the_way_that_moves_the_picture_most(
    movement: Movement, camera: list[str]
) -> None:
    found = words(replace(PLAIN, movement=movement))
    assert [each for each in found if each.startswith("camera")] == camera


def test_a_pan_that_is_too_short_is_none() -> None:
    quick = replace(PLAIN, movement=Movement(x=0.1, steady_x=1, path=0.1))
    assert "camera:pan" not in values_of_shot(quick, 0.5, SETTINGS)


def test_every_value_is_listed() -> None:
    for value in words(replace(PLAIN, chroma=0.0)):
        kind, _, name = value.partition(":")
        assert name in VALUES[kind]


def test_bars_do_not_count() -> None:
    frames = np.repeat(np.asarray(texture().resize((48, 27)))[None], 24, axis=0)
    barred = frames.copy()
    barred[:, :4] = barred[:, -4:] = 16
    inside = frames[:, 5:-5]
    shot = Shot(0, 0, 24, "start")
    found = measure(without_bars(barred), shot, Fraction(24))
    assert found == measure(without_bars(inside), shot, Fraction(24))
    assert found.colours["black"] < 0.1


def test_a_long_shot_is_measured_whole_in_bounded_parts() -> None:
    frames = np.concatenate([moved(1.0)] * 40)
    shot = Shot(0, 0, len(frames), "start")
    once = measure(without_bars(moved(1.0)), Shot(0, 0, 24, "start"), Fraction(24))
    found = measure(without_bars(frames), shot, Fraction(24))
    assert found.brightness == pytest.approx(once.brightness, rel=1e-4)
    assert found.movement.path == pytest.approx(0, abs=0.005)


def test_a_table_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("look") / "look.parquet"
    pan = measure(without_bars(moved(x=0.25)), Shot(0, 0, 48, "start"), Fraction(24))
    write_looks(path, [PLAIN, pan])
    again = read_looks(path)
    assert words(again[1]) == words(pan)
    assert again[1].movement.x == pytest.approx(pan.movement.x)
    assert again[0] == PLAIN or again[0].movement.change == pytest.approx(0.1)
