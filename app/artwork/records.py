"""The best stills of a title or shortlist."""

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import Field

from app.records import Record

Shape = Literal["whole", "16:9", "2:3", "1:1", "9:16"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
PictureFormat = Literal["webp", "png"]
MOST = 50
"""Stills of one answer."""
MOST_FILES = 20
"""Stills of one download: each is sought in its film, which takes up to a second."""


class Box(Record):
    """A part of a frame. The sides are parts of the frame's width and height, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


class ArtworkStill(Record):
    """A still that could stand for its title."""

    title_id: str = Field(description="The title's id.")
    title: str = Field(description="The title's name.")
    frame: int = Field(description="Counted from 0 in the title.")
    timecode: str = Field(description="SMPTE timecode of the source.")
    seconds: float = Field(description="Seconds from the title's first frame.")
    score: float = Field(description="How good it is, to compare within one answer.")
    faces: list[Box] = Field(description="Where faces are, the largest first.")
    crops: Mapping[Shape, Box] = Field(
        description="By shape: the part of the frame that has it. `whole` is without black bars."
    )
    preview: str = Field(description="Address of a small JPEG of the frame.")


class Artwork(Record):
    """The best stills, the first first. No two are of one shot."""

    stills: list[ArtworkStill]


def none_worth_showing(name: str) -> str:
    """Return what to say of a title or shortlist of this name without stills."""
    return (
        f"{name}: no still is worth showing; if an earlier version indexed it, run `reelfind index`"
    )
