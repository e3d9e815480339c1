"""Crops of a frame to the shapes of posters, tiles and stories, which keep faces inside."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.artwork.records import SHAPES, Box, Shape
from indexer.framing.faces import Face

_ROOM = 0.35
"""Room around a face, as a part of its height: hair and chin are outside its box."""


def crops(picture: Box, faces: Sequence[Face], size: tuple[int, int]) -> Mapping[Shape, Box]:
    """Return the crop of each shape.

    Args:
        picture: the frame without bars.
        faces: that are in it, the largest first.
        size: pixels of the frame, width and height.
    """
    return {shape: _crop(shape, picture, faces, size) for shape in SHAPES}


def _crop(shape: Shape, picture: Box, faces: Sequence[Face], size: tuple[int, int]) -> Box:
    if shape == "whole":
        return picture
    width, height = picture.right - picture.left, picture.bottom - picture.top
    # The shape's ratio where both sides are counted in parts of the frame.
    ratio = float(Fraction(shape.replace(":", "/"))) * size[1] / size[0]
    across, down = min(width, height * ratio), min(height, width / ratio)
    spans = [_with_room(face, size) for face in faces]
    left = _place(picture.left, picture.right, across, [(each.left, each.right) for each in spans])
    top = _place(picture.top, picture.bottom, down, [(each.top, each.bottom) for each in spans])
    return Box(left=left, top=top, right=left + across, bottom=top + down)


def _with_room(face: Face, size: tuple[int, int]) -> Box:
    down = _ROOM * face.height
    across = down * size[1] / size[0]
    return Box(
        left=face.left - across,
        top=face.top - down,
        right=face.right + across,
        bottom=face.bottom + down,
    )


def _place(start: float, end: float, length: float, spans: Sequence[tuple[float, float]]) -> float:
    """Return where a window of a length begins on one axis of the picture.

    Its middle is that of the faces, as many of the largest as fit, or else that of the picture.
    """
    middle = (start + end) / 2
    if spans:
        low, high = spans[0]
        for first, last in spans[1:]:
            if max(high, last) - min(low, first) <= length:
                low, high = min(low, first), max(high, last)
        middle = (low + high) / 2
    return min(max(middle - length / 2, start), end - length)
