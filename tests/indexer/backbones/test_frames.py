"""Frames are cut and sized without being squashed."""

import numpy as np
import pytest

from indexer.backbones.frames import centre_crop, whole, without_bars


@pytest.mark.parametrize(("height", "width"), [(252, 448), (448, 252), (224, 224), (300, 720)])
def test_the_centre_crop_is_the_middle(height: int, width: int) -> None:
    """A grey ramp along the longer side keeps its middle."""
    ramp = np.linspace(0, 255, max(height, width)).astype(np.uint8)
    plane = np.broadcast_to(ramp if width >= height else ramp[:, None], (height, width))
    crop = centre_crop(np.repeat(plane[:, :, None], 3, axis=2), 112)
    assert crop.shape == (112, 112, 3)
    part = min(height, width) / max(height, width)
    along = crop[56, :, 0] if width >= height else crop[:, 56, 0]
    assert along[0] == pytest.approx(127.5 * (1 - part), abs=3)
    assert along[-1] == pytest.approx(127.5 * (1 + part), abs=3)


@pytest.mark.parametrize(
    "size", [(252, 448), (448, 252), (252, 252), (252, 605), (1080, 1920), (252, 1200), (480, 640)]
)
def test_the_whole_frame_keeps_its_shape_and_a_bounded_area(size: tuple[int, int]) -> None:
    made = whole(np.zeros((*size, 3), np.uint8), 448 * 256, 32, 224)
    height, width = made.shape[:2]
    assert height % 32 == width % 32 == 0
    assert min(height, width) >= 224
    if max(size) <= 2.4 * min(size):
        assert width / height == pytest.approx(size[1] / size[0], rel=0.1)
        assert height * width == pytest.approx(448 * 256, rel=0.1)


def test_bars_go_and_the_picture_stays() -> None:
    picture = np.random.default_rng(0).integers(60, 256, (192, 448, 3), dtype=np.uint8)
    letterboxed = np.pad(picture, ((30, 30), (0, 0), (0, 0)), constant_values=16)
    np.testing.assert_array_equal(without_bars(letterboxed), picture)
    pillarboxed = np.pad(picture, ((0, 0), (50, 50), (0, 0)), constant_values=0)
    np.testing.assert_array_equal(without_bars(pillarboxed), picture)


@pytest.mark.parametrize("lit", [slice(0, 0), slice(100, 140), slice(0, 200)])
def test_a_dark_picture_is_not_taken_for_bars(lit: slice) -> None:
    """A black frame, a line of a title on black, and a picture that is dark below only."""
    frame = np.zeros((252, 448, 3), np.uint8)
    frame[lit] = 200
    np.testing.assert_array_equal(without_bars(frame), frame)
