"""Faces of a title's stills as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from indexer.artefacts import read_table

_SCHEMA: dict[str, pl.DataType] = {
    "frame": pl.Int64(),
    **dict.fromkeys(("left", "top", "right", "bottom", "score"), pl.Float32()),
    "landmarks": pl.List(pl.Float32),
}


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a still. Places are parts of the whole frame's width and height, 0 to 1.

    ``left``, ``top``, ``right``, ``bottom``: its box, from forehead to chin. ``score``: how sure
    the detector is, 0 to 1. ``landmarks``: x and y of the eye and the mouth corner on the
    picture's left and right, and of the nose, in the order eye, eye, nose, mouth, mouth.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: float
    landmarks: tuple[float, ...]

    @property
    def height(self) -> float:
        """Its height, as a part of the frame's."""
        return self.bottom - self.top

    @property
    def frontal(self) -> float:
        """How far it faces the camera: 1 where the nose is halfway between the eyes, 0 in profile.

        The place is measured along the line of the eyes, so that a tilted head counts as well.
        """
        x, y = self.landmarks[::2], self.landmarks[1::2]
        across, down = x[1] - x[0], y[1] - y[0]
        length = across**2 + down**2
        if length <= 0:
            return 0.0
        place = ((x[2] - x[0]) * across + (y[2] - y[0]) * down) / length
        return max(0.0, 1 - 2 * abs(place - 0.5))


def write_faces(path: Path, found: Iterable[tuple[int, Sequence[Face]]]) -> None:
    """Write the faces of stills, each with its frame; a row each."""
    rows = [{"frame": frame, **asdict(face)} for frame, faces in found for face in faces]
    pl.DataFrame(rows, schema=_SCHEMA).write_parquet(path)


def read_faces(path: Path) -> Mapping[int, Sequence[Face]]:
    """Read what ``write_faces`` wrote: faces by frame. Frames without one are left out."""
    found: dict[int, list[Face]] = {}
    for row in read_table(path).iter_rows(named=True):
        frame, landmarks = row.pop("frame"), tuple(row.pop("landmarks"))
        found.setdefault(frame, []).append(Face(**row, landmarks=landmarks))
    return found
