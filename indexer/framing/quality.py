"""How good a still is as a picture: sharp, well lit, colourful, with a face that is seen well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indexer.artefacts import read_table
from indexer.backbones.frames import without_bars
from indexer.framing.faces import Face

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_SHARPEST = 0.98
"""Quantile of the edges that says how sharp a picture is; how much of it has edges does not."""
_BLACK, _WHITE = 20, 250


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured of a still without its bars. Brightness and colours are of 255.

    ``detail``: strength of the sharpest edges (98th percentile of the absolute Laplacian).
    ``light`` and ``contrast``: mean and standard deviation of brightness. ``dark``, ``burnt``:
    shares that are black and white. ``colour``: as Hasler and Süsstrunk (2003) measure it.
    ``face_detail``: the sharpest edges inside the largest face, beside its contrast; 0 without one.
    """

    detail: float
    light: float
    contrast: float
    dark: float
    burnt: float
    colour: float
    face_detail: float


def measure(still: Pixels, faces: Sequence[Face]) -> Quality:
    """Return the quality of a still with these faces."""
    picture = without_bars(still)
    # One pixel of four is enough for means; edges are measured on all.
    few = picture[::2, ::2].astype(np.float32)
    light = few @ _LUMA
    red_green = few[..., 0] - few[..., 1]
    yellow_blue = (few[..., 0] + few[..., 1]) / 2 - few[..., 2]
    colour = np.hypot(red_green.std(), yellow_blue.std())
    colour += 0.3 * np.hypot(red_green.mean(), yellow_blue.mean())
    return Quality(
        _detail(picture),
        float(light.mean()),
        float(light.std()),
        float((light < _BLACK).mean()),
        float((light > _WHITE).mean()),
        float(colour),
        _face_detail(still, max(faces, key=lambda face: face.height)) if faces else 0.0,
    )


def write_qualities(path: Path, found: Iterable[tuple[int, Quality]]) -> None:
    """Write the qualities of stills, each with its frame; a row each."""
    rows = [{"frame": frame, **asdict(quality)} for frame, quality in found]
    schema: dict[str, pl.DataType] = {
        "frame": pl.Int64(),
        **dict.fromkeys(Quality.__dataclass_fields__, pl.Float32()),
    }
    pl.DataFrame(rows, schema=schema).write_parquet(path)


def read_qualities(path: Path) -> Mapping[int, Quality]:
    """Read what ``write_qualities`` wrote: qualities by frame."""
    return {row.pop("frame"): Quality(**row) for row in read_table(path).iter_rows(named=True)}


def _detail(picture: Pixels) -> float:
    light = picture.astype(np.float32) @ _LUMA
    if min(light.shape) < 3:
        return 0.0
    edges = 4 * light[1:-1, 1:-1] - light[:-2, 1:-1] - light[2:, 1:-1]
    edges -= light[1:-1, :-2] + light[1:-1, 2:]
    return float(np.quantile(np.abs(edges[::2, ::2]), _SHARPEST))


def _face_detail(still: Pixels, face: Face) -> float:
    """Return the steeper edges in a face, whichever way they run less: motion blurs one way."""
    height, width = still.shape[:2]
    rows = slice(int(face.top * height), int(face.bottom * height) + 1)
    columns = slice(int(face.left * width), int(face.right * width) + 1)
    light = still[rows, columns].astype(np.float32) @ _LUMA
    if min(light.shape) < 3:
        return 0.0
    steps = (np.quantile(np.abs(np.diff(light, axis=axis)), 0.95) for axis in (0, 1))
    return float(min(steps) / (light.std() + 5))
