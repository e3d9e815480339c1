"""Crops have their shape, lie inside the picture, and keep faces inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.artwork.crops import crops
from app.artwork.records import SHAPES, Box, Shape
from indexer.framing.faces import Face

SIZE = (1920, 1080)
WHOLE = Box(left=0.0, top=0.0, right=1.0, bottom=1.0)
BETWEEN_BARS = Box(left=0.0, top=0.125, right=1.0, bottom=0.875)
RATIOS: dict[Shape, float] = {"16:9": 16 / 9, "2:3": 2 / 3, "1:1": 1.0, "9:16": 9 / 16}


def face(left: float, top: float, size: float = 0.1) -> Face:
    return Face(left, top, left + size, top + size, 0.9, (0.0,) * 10)


def test_there_is_one_of_each_shape_and_the_whole_is_the_picture() -> None:
    found = crops(BETWEEN_BARS, [], SIZE)
    assert tuple(found) == SHAPES
    assert found["whole"] == BETWEEN_BARS


@pytest.mark.parametrize("picture", [WHOLE, BETWEEN_BARS])
@given(place=st.tuples(*[st.floats(0, 0.9)] * 2), count=st.integers(0, 2))
def test_a_crop_has_its_shape_and_lies_inside(
    picture: Box, place: tuple[float, float], count: int
) -> None:
    found = crops(picture, [face(*place)] * count, SIZE)
    for shape, ratio in RATIOS.items():
        box = found[shape]
        assert picture.left <= box.left < box.right <= picture.right + 1e-9
        assert picture.top <= box.top < box.bottom <= picture.bottom + 1e-9
        width, height = (box.right - box.left) * SIZE[0], (box.bottom - box.top) * SIZE[1]
        assert width / height == pytest.approx(ratio)
        # As large as it can be.
        across, down = picture.right - picture.left, picture.bottom - picture.top
        assert box.right - box.left == pytest.approx(across) or box.bottom - box.top == (
            pytest.approx(down)
        )


@pytest.mark.parametrize("left", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("shape", RATIOS)
def test_a_face_is_inside(shape: Shape, left: float) -> None:
    box = crops(WHOLE, [face(left, 0.2)], SIZE)[shape]
    assert box.left <= left
    assert left + 0.1 <= box.right + 1e-9


def test_of_faces_too_far_apart_the_largest_is_inside() -> None:
    large, small = face(0.05, 0.2, 0.2), face(0.9, 0.2, 0.05)
    narrow, square = (crops(WHOLE, [large, small], SIZE)[each] for each in ("9:16", "1:1"))
    assert narrow.left <= 0.05
    assert narrow.right >= 0.25
    assert square.right < 0.9
    near = face(0.3, 0.2, 0.05)
    both = crops(WHOLE, [large, near], SIZE)["1:1"]
    assert both.left <= 0.05
    assert both.right >= 0.35


def test_without_a_face_a_crop_is_in_the_middle() -> None:
    box = crops(WHOLE, [], SIZE)["1:1"]
    assert (box.left + box.right) / 2 == pytest.approx(0.5)
