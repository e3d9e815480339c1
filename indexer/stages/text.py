"""The title's timed text, and what of it is said in each shot."""

from dataclasses import replace
from pathlib import Path

from indexer.artefacts import read_json, write_timed_text
from indexer.decoding import AUDIO_FILE
from indexer.hashing import content_hash
from indexer.stages import decode
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.text.sidecars import find_sidecar
from indexer.text.timed_text import TEXT_VERSION, read_timed_text

NAME = "text"


def _settings(work: TitleWork) -> dict[str, object]:
    sidecar = find_sidecar(work.title.media.path, work.settings.text)
    return {
        "reader": TEXT_VERSION,
        "sidecar": [sidecar.name, content_hash(sidecar)] if sidecar else None,
        **work.settings.text.model_dump(),
    }


def _run(work: TitleWork, out: Path) -> None:
    sound = work.artefact(decode.NAME, AUDIO_FILE)
    frames = read_json(work.artefact(decode.NAME, decode.ABOUT))["frame_count"]
    # The container's own claim may lie, and lines beyond the end are dropped.
    media = replace(work.title.media, duration=float(frames / work.title.media.fps))
    text = read_timed_text(
        media, work.settings.text, sound if sound.is_file() else None, work.report
    )
    write_timed_text(out, text)


TEXT = Stage(NAME, 1, (decode.NAME,), _settings, _run)
