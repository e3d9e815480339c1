"""Stage ``clips``: joins shots into clips, by their in-context embeddings."""

from pathlib import Path

from indexer.artefacts import read_shots, read_timed_text, read_vectors, write_clips
from indexer.clips import build_clips
from indexer.stages import context, shots, text
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "clips"
TABLE = "clips.parquet"


def _run(work: TitleWork, out: Path) -> None:
    clips = build_clips(
        read_shots(work.artefact(shots.NAME, shots.TABLE)),
        work.title.media.fps,
        read_vectors(work.artefact(context.NAME, context.IN_CONTEXT)),
        read_timed_text(work.result(text.NAME)).lines,
        work.settings.clips,
    )
    write_clips(out / TABLE, clips)


CLIPS = Stage(
    NAME,
    1,
    (shots.NAME, text.NAME, context.NAME),
    lambda work: work.settings.clips.model_dump(),
    _run,
    doing="building clips",
    rate=0.0003,
)
