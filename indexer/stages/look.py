"""Stage ``look``: measures light, colours and movement of each shot on the decoded frames.

What counts as dark or as a pan is decided when points are written, so that other settings measure
nothing again.
"""

from pathlib import Path

import polars as pl

from indexer.artefacts import read_shots, read_table
from indexer.decoding import open_frames
from indexer.look.measure import lightness, measure
from indexer.look.table import write_looks
from indexer.shots.compare import without_bars
from indexer.stages import decode, shots, stills
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "look"
TABLE = "look.parquet"
STILLS = "stills.parquet"
"""The lightness of each still, 0 to 1: a table of ``frame`` and ``lightness``."""


def _run(work: TitleWork, out: Path) -> None:
    picture = without_bars(open_frames(work.result(decode.NAME)))
    found = read_shots(work.artefact(shots.NAME, shots.TABLE))
    looks = []
    for shot in found:
        looks.append(measure(picture, shot, work.title.media.fps))
        work.report(shot.end_frame / found[-1].end_frame)
    write_looks(out / TABLE, looks)
    frames = read_table(work.artefact(stills.NAME, stills.TABLE))["frame"].unique().sort()
    light = [lightness(picture, frame) for frame in frames]
    columns = {"frame": frames, "lightness": pl.Series(light, dtype=pl.Float32)}
    pl.DataFrame(columns).write_parquet(out / STILLS)


LOOK = Stage(
    NAME,
    1,
    (decode.NAME, shots.NAME, stills.NAME),
    lambda _: {},
    _run,
    doing="measuring light and movement",
    rate=0.002,
)
