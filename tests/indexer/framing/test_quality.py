"""What is measured of stills, and which of them come first."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from indexer.framing.faces import Face
from indexer.framing.quality import Pixels, Quality, measure, read_qualities, write_qualities
from indexer.framing.score import score_stills
from tests.indexer.look.drawn import texture

GOOD = Quality(60.0, 110.0, 60.0, 0.05, 0.01, 60.0, 0.5)
PERSON = Face(0.3, 0.2, 0.5, 0.6, 0.9, (0.35, 0.3, 0.45, 0.3, 0.4, 0.4, 0.36, 0.5, 0.44, 0.5))


def pixels(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"))


def test_a_blurred_picture_has_less_detail() -> None:
    sharp = texture()
    blurred = sharp.filter(ImageFilter.GaussianBlur(3))
    one, other = measure(pixels(sharp), [PERSON]), measure(pixels(blurred), [PERSON])
    assert other.detail < one.detail / 3
    assert other.face_detail < one.face_detail
    assert other.light == pytest.approx(one.light, abs=2)


def test_a_face_that_is_smeared_one_way_has_no_detail() -> None:
    across = np.repeat(pixels(texture())[:, :1], 480, axis=1)
    assert measure(across, [PERSON]).face_detail == pytest.approx(0.0, abs=0.01)


def test_light_and_colours() -> None:
    black = measure(np.zeros((252, 448, 3), np.uint8), [])
    assert (black.light, black.dark, black.burnt, black.face_detail) == (0.0, 1.0, 0.0, 0.0)
    white = measure(np.full((252, 448, 3), 255, np.uint8), [])
    assert (white.dark, white.burnt) == (0.0, 1.0)
    assert white.colour == pytest.approx(0.0, abs=1e-3)
    grey = texture().convert("L")
    assert measure(pixels(texture()), []).colour > measure(pixels(grey), []).colour + 10


def test_bars_are_not_measured() -> None:
    picture = pixels(texture())
    framed = np.zeros((350, 480, 3), np.uint8)
    framed[40:310] = picture
    found, expected = asdict(measure(framed, [])), asdict(measure(picture, []))
    assert found == pytest.approx(expected, rel=0.02, abs=0.02)


@pytest.mark.parametrize("shape", [(1, 1), (2, 90), (90, 2)])
def test_tiny_stills_have_no_detail(shape: tuple[int, int]) -> None:
    found = measure(np.full((*shape, 3), 100, np.uint8), [PERSON])
    assert (found.detail, found.face_detail) == (0.0, 0.0)


def test_qualities_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_qualities(tmp_path / "table.parquet", [(12, GOOD), (24, replace(GOOD, light=5.0))])
    found = read_qualities(tmp_path / "table.parquet")
    assert list(found) == [12, 24]
    assert found[24].light == 5.0
    assert found[12].detail == GOOD.detail


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, detail=10.0),
        replace(GOOD, colour=5.0),
        replace(GOOD, light=25.0),
        replace(GOOD, light=230.0),
        replace(GOOD, dark=0.8),
        replace(GOOD, burnt=0.4),
    ],
)
def test_a_worse_picture_comes_later(worse: Quality) -> None:
    scores = score_stills({0: worse, 12: GOOD}, {}, 0.6)
    assert scores[12] > scores[0]


def test_a_face_that_is_seen_well_comes_first() -> None:
    qualities = dict.fromkeys(range(3), GOOD)
    profile = replace(PERSON, landmarks=(0.35, 0.3, 0.36, 0.3, 0.3, 0.4, *PERSON.landmarks[6:]))
    unsure = replace(PERSON, score=0.5)
    scores = score_stills(qualities, {0: [unsure], 1: [profile], 2: [PERSON]}, 0.6)
    assert max(scores, key=scores.__getitem__) == 2
    without = score_stills(qualities, {}, 0.6)
    assert scores[0] == without[0]
    assert scores[1] > without[1]


def test_black_has_no_score() -> None:
    assert score_stills({0: replace(GOOD, light=10.0)}, {0: [PERSON]}, 0.6) == {0: 0.0}
    assert score_stills({}, {}, 0.6) == {}
