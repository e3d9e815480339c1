"""Stage ``framing``: finds faces in some stills of each shot, and measures how good these are.

How large a face is in a close-up is decided when points are written, so that other settings find
nothing again.
"""

import math
from functools import partial
from pathlib import Path

import polars as pl

from indexer.artefacts import read_table, write_json
from indexer.cores import map_on_cores
from indexer.decoding import open_frames
from indexer.framing.faces import Face, write_faces
from indexer.framing.quality import Quality, measure, write_qualities
from indexer.pipeline_sections import FramingSettings
from indexer.shots.compare import without_bars
from indexer.stages import decode, shots, stills
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "framing"
FACES = "faces.parquet"
QUALITIES = "qualities.parquet"
PICTURE = "picture.json"
"""Where the picture is without bars: its sides, as parts of the frame's."""


def choose(frames: list[int], settings: FramingSettings) -> list[int]:
    """Return which stills of a shot are looked at: spread over it, ever fewer of a longer one."""
    full = settings.stills
    wanted = len(frames) if len(frames) <= full else round(math.sqrt(full * len(frames)))
    return [frames[int((place + 0.5) * len(frames) / wanted)] for place in range(wanted)]


def _run(work: TitleWork, out: Path) -> None:
    table = read_table(work.artefact(stills.NAME, stills.TABLE))
    owned = table.group_by("shot", maintain_order=True).agg(pl.col("frame"))["frame"].to_list()
    frames = [frame for own in owned for frame in choose(own, work.settings.framing)]
    found: list[tuple[list[Face], Quality]] = []
    for each in map_on_cores(partial(_look, work), frames):
        found.append(each)
        work.report(len(found) / len(frames))
    write_faces(out / FACES, zip(frames, (faces for faces, _ in found), strict=True))
    write_qualities(out / QUALITIES, zip(frames, (good for _, good in found), strict=True))
    small = open_frames(work.result(decode.NAME))
    picture, (height, width) = without_bars(small), small.shape[1:3]
    sides = {
        "left": picture.columns.start / width,
        "top": picture.rows.start / height,
        "right": picture.columns.stop / width,
        "bottom": picture.rows.stop / height,
    }
    write_json(out / PICTURE, sides)


def _look(work: TitleWork, frame: int) -> tuple[list[Face], Quality]:
    still = stills.read_still(work, frame)
    faces = work.models.faces.find(still)
    return faces, measure(still, faces)


FRAMING = Stage(
    NAME,
    2,
    (decode.NAME, shots.NAME, stills.NAME),
    lambda work: {"stills": work.settings.framing.stills},
    _run,
    doing="finding faces",
    rate=0.006,
)
