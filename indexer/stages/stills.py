"""Stage ``stills``: chooses each shot's stills, and adds stills for shots that have none yet."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

from indexer.artefacts import read_shots
from indexer.decoding import STILL_NAME, STILLS_FOLDER, extract_stills
from indexer.pipeline_sections import VideoSettings
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


def still_path(work: TitleWork, frame: int) -> Path:
    """Return the file of a frame's still, whichever stage made it."""
    path = work.artefact(decode.NAME, FOLDER) / still_name(frame)
    return path if path.is_file() else work.artefact(NAME, FOLDER) / still_name(frame)


def read_still(work: TitleWork, frame: int) -> NDArray[np.uint8]:
    """Return the still of a frame of a title whose stills are chosen: [height, width, 3] RGB."""
    with Image.open(still_path(work, frame)) as image:
        return np.asarray(image.convert("RGB"))


def choose(
    shot: Shot, frames: Sequence[int], settings: VideoSettings, fps: float
) -> tuple[list[int], list[int]]:
    """Return the frames of a shot's stills, and the frames to embed among them.

    Args:
        shot: one shot.
        frames: of existing stills in the shot, in order; may be empty.
        settings: how many frames to embed, at least one.
        fps: frames per second of the title's grid.
    """
    if not frames:
        middle = (shot.start_frame + shot.end_frame) // 2
        return [middle], [middle]
    seconds = (shot.end_frame - shot.start_frame) / fps
    wanted = min(max(1, _thinned(seconds * settings.frames_per_second, settings)), len(frames))
    places = (np.arange(wanted) + 0.5) * len(frames) / wanted
    return list(frames), [frames[int(place)] for place in places]


def _thinned(frames: float, settings: VideoSettings) -> int:
    """Return how many of a shot's stills at the full rate are embedded.

    Their mean represents the shot; its error falls with the square root of their number.
    """
    full = settings.full_rate_frames
    return round(frames if frames <= full else math.sqrt(full * frames))


def _settings(work: TitleWork) -> dict[str, object]:
    """Settings that the choice depends on.

    Titles that were indexed before ``full_rate_frames`` are not redone: the mean cosine between
    their shots' vectors and those with its default is 0.9996.
    """
    video = work.settings.video
    default = video.full_rate_frames == VideoSettings().full_rate_frames
    return video.model_dump(exclude={"full_rate_frames"} if default else None)


def _run(work: TitleWork, out: Path) -> None:
    here = sorted(int(path.stem) for path in work.artefact(decode.NAME, FOLDER).glob("*.jpg"))
    frames = np.array(here, dtype=np.int64)
    fps = float(work.title.media.fps)
    rows: list[tuple[int, int, bool]] = []
    missing: list[int] = []
    for shot in read_shots(work.artefact(shots.NAME, shots.TABLE)):
        first, end = np.searchsorted(frames, [shot.start_frame, shot.end_frame])
        inside = [int(frame) for frame in frames[first:end]]
        chosen, embedded = choose(shot, inside, work.settings.video, fps)
        missing += chosen if not inside else []
        rows += [(shot.index, frame, frame in embedded) for frame in chosen]
    breaks = decode.read_decoded(work).breaks
    extract_stills(work.title.media, missing, out / FOLDER, work.settings.decode, breaks)
    pl.DataFrame(rows, schema=SCHEMA, orient="row").write_parquet(out / TABLE)


STILLS = Stage(
    NAME,
    1,
    (decode.NAME, shots.NAME),
    _settings,
    _run,
    doing="choosing stills",
    rate=0.0005,
    reads_film=True,
)
