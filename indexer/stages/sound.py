"""Stage ``sound``: measures loudness, speech and music on the sound of the decode pass.

From where on a shot is loud, or has music, is decided when points are written, so that other
settings measure nothing again.
"""

from pathlib import Path

from indexer.decoding import open_audio
from indexer.soundtrack.measure import measure
from indexer.soundtrack.table import NO_SOUND, write_soundtrack
from indexer.stages import decode
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "sound"
TABLE = "sound.parquet"


def _run(work: TitleWork, out: Path) -> None:
    samples = open_audio(work.result(decode.NAME))
    track = NO_SOUND
    if samples is not None:
        track = measure(samples, work.models.sound, work.report)
    write_soundtrack(out / TABLE, track)


SOUND = Stage(NAME, 1, (decode.NAME,), lambda _: {}, _run, doing="measuring loudness", rate=0.005)
"""Loudness, speech and music along a title."""
