"""Stage ``shots``: detects shots in the decoded frames."""

from pathlib import Path

from indexer.artefacts import write_shots
from indexer.decoding import open_frames
from indexer.shots.detect import DETECTOR_VERSION, detect
from indexer.stages import decode
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "shots"
TABLE = "shots.parquet"


def _settings(work: TitleWork) -> dict[str, object]:
    return {"detector": DETECTOR_VERSION, **work.settings.shots.model_dump()}


def _run(work: TitleWork, out: Path) -> None:
    frames = open_frames(work.result(decode.NAME))
    shots = detect(frames, work.title.media.fps, work.settings.shots, work.models.transnet)
    write_shots(out / TABLE, shots)


SHOTS = Stage(NAME, 1, (decode.NAME,), _settings, _run, doing="finding shots", rate=0.016)
