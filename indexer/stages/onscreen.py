"""Stage ``onscreen``: reads the text in the stills of each shot.

What counts as credits is decided when points are written, so that other settings read nothing
again.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import polars as pl

from indexer.artefacts import read_shots, read_table
from indexer.cores import map_on_cores
from indexer.onscreen.reading import Reader
from indexer.onscreen.records import ReadShot
from indexer.onscreen.table import read_text, write_text
from indexer.records import Shot
from indexer.stages import decode, shots, stills
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "onscreen"
DECIDES = {"credits_lines", "credits_part", "clip_share"}
"""Settings that say what text is, and not what is read."""


def read_screen(work: TitleWork, every: Sequence[Shot]) -> list[ReadShot]:
    """Return the text of each of a title's shots."""
    return read_text(work.result(NAME), len(every))


def _run(work: TitleWork, out: Path) -> None:
    every = read_shots(work.artefact(shots.NAME, shots.TABLE))
    settings = work.settings.onscreen
    if not settings.read:
        write_text(out, [])
        return
    table = read_table(work.artefact(stills.NAME, stills.TABLE))
    groups = table.sort("frame").group_by("shot").agg(pl.col("frame"))
    frames: dict[int, list[int]] = dict(groups.iter_rows())
    reader = Reader(
        partial(stills.still_path, work),
        lambda: work.models.text_network,
        settings,
        float(work.title.media.fps),
    )
    read = []
    for shot in map_on_cores(reader.read, [frames.get(each.index, []) for each in every]):
        read.append(shot)
        work.report(len(read) / len(every))
    write_text(out, read)


ONSCREEN = Stage(
    NAME,
    2,
    (decode.NAME, shots.NAME, stills.NAME),
    lambda work: work.settings.onscreen.model_dump(exclude=DECIDES),
    _run,
    doing="reading text on screen",
    rate=0.006,
)
