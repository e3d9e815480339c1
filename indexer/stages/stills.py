"""Which stills show each shot, and stills for the shots that the fixed rate passed over."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from indexer.artefacts import read_shots
from indexer.decoding import STILL_NAME, STILLS_FOLDER, extract_stills
from indexer.records import Shot
from indexer.stages import decode, shots
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "stills"
TABLE = "stills.parquet"
FOLDER = STILLS_FOLDER
SCHEMA = {"shot": pl.Int32, "frame": pl.Int64, "embedded": pl.Boolean}


def still_name(frame: int) -> str:
    """Return the file name of the still of a frame."""
    return STILL_NAME.format(frame)


def choose(
    shot: Shot, frames: Sequence[int], per_second: float, fps: float
) -> tuple[list[int], list[int]]:
    """Return the frames of a shot's stills, and those of them that are embedded.

    Args:
        shot: one shot.
        frames: of the stills that lie in it, rising; may be empty.
        per_second: frames to embed per second of film; one at the least.
        fps: frames per second of the title's grid.
    """
    if not frames:
        middle = (shot.start_frame + shot.end_frame) // 2
        return [middle], [middle]
    seconds = (shot.end_frame - shot.start_frame) / fps
    wanted = min(max(1, round(seconds * per_second)), len(frames))
    places = (np.arange(wanted) + 0.5) * len(frames) / wanted
    return list(frames), [frames[int(place)] for place in places]


def _settings(work: TitleWork) -> dict[str, object]:
    return work.settings.video.model_dump()


def _run(work: TitleWork, out: Path) -> None:
    here = sorted(int(path.stem) for path in work.artefact(decode.NAME, FOLDER).glob("*.jpg"))
    frames = np.array(here, dtype=np.int64)
    fps = float(work.title.media.fps)
    rows: list[tuple[int, int, bool]] = []
    missing: list[int] = []
    for shot in read_shots(work.artefact(shots.NAME, shots.TABLE)):
        first, end = np.searchsorted(frames, [shot.start_frame, shot.end_frame])
        inside = [int(frame) for frame in frames[first:end]]
        chosen, embedded = choose(shot, inside, work.settings.video.frames_per_second, fps)
        missing += chosen if not inside else []
        rows += [(shot.index, frame, frame in embedded) for frame in chosen]
    breaks = decode.read_decoded(work).breaks
    extract_stills(work.title.media, missing, out / FOLDER, work.settings.decode, breaks)
    pl.DataFrame(rows, schema=SCHEMA, orient="row").write_parquet(out / TABLE)


STILLS = Stage(NAME, 1, (decode.NAME, shots.NAME), _settings, _run)
