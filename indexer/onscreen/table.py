"""The text of a title's shots as two tables: stills with text, and lines."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from indexer.artefacts import read_table
from indexer.onscreen.records import Box, ReadShot, ScreenLine, ScreenStill

STILLS = "stills.parquet"
LINES = "lines.parquet"
_STILLS = {"shot": pl.Int32, "frame": pl.Int64, "found": pl.Int32}
_SIDES = ("left", "top", "right", "bottom")
_LINES = {
    "shot": pl.Int32,
    "frame": pl.Int64,
    "text": pl.String,
    "score": pl.Float32,
    **dict.fromkeys(_SIDES, pl.Float32),
}


def write_text(folder: Path, read: Sequence[ReadShot]) -> None:
    """Write the text of shots, in order; see ``STILLS`` and ``LINES``."""
    stills = [
        (shot, each.frame, each.found) for shot, own in enumerate(read) for each in own.stills
    ]
    lines = [
        (shot, each.frame, each.text, each.score, *(getattr(each.box, side) for side in _SIDES))
        for shot, own in enumerate(read)
        for each in own.lines
    ]
    pl.DataFrame(stills, schema=_STILLS, orient="row").write_parquet(folder / STILLS)
    pl.DataFrame(lines, schema=_LINES, orient="row").write_parquet(folder / LINES)


def read_text(folder: Path, shots: int) -> list[ReadShot]:
    """Read what ``write_text`` wrote, for a title with so many shots."""
    stills: dict[int, list[ScreenStill]] = defaultdict(list)
    for row in read_table(folder / STILLS).iter_rows(named=True):
        stills[row["shot"]].append(ScreenStill(row["frame"], row["found"]))
    lines: dict[int, list[ScreenLine]] = defaultdict(list)
    for row in read_table(folder / LINES).iter_rows(named=True):
        box = Box(*(row[side] for side in _SIDES))
        lines[row["shot"]].append(ScreenLine(row["frame"], row["text"], row["score"], box))
    return [ReadShot(tuple(stills[shot]), tuple(lines[shot])) for shot in range(shots)]
