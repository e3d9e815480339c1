"""The title's timed text, and what of it is said in each shot."""

from dataclasses import replace
from pathlib import Path

from indexer.artefacts import read_json, write_timed_text
from indexer.decoding import AUDIO_FILE
from indexer.errors import ReelfindError
from indexer.hashing import content_hash
from indexer.records import Media
from indexer.stages import decode, earlier_text
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.text.timed_text import TEXT_VERSION, read_timed_text, text_beside, whole

NAME = "text"
VERSION = 1


def _settings(work: TitleWork) -> dict[str, object]:
    text = work.settings.text
    # What lies beside a film is read for the key: only files that its text is made of count.
    files = {path: _content(path) for path in text_beside(work.title.media, text).files}
    earlier = earlier_text.settings_of(work, files, lambda: _film(work))
    return earlier or {
        "reader": TEXT_VERSION,
        "sidecars": [[path.name, content] for path, content in files.items()],
        **text.model_dump(),
    }


def _run(work: TitleWork, out: Path) -> None:
    media, sound = _film(work)
    write_timed_text(out, read_timed_text(media, work.settings.text, sound, work.report))


def _film(work: TitleWork) -> tuple[Media, Path | None]:
    """Return the film with its true duration, and its sound; both as they were decoded."""
    sound = work.artefact(decode.NAME, AUDIO_FILE)
    audio = sound if sound.is_file() else None
    frames = read_json(work.artefact(decode.NAME, decode.ABOUT))["frame_count"]
    # The container's own claim may lie, and lines beyond the end are dropped.
    media = replace(work.title.media, duration=float(frames / work.title.media.fps))
    return whole(media, audio), audio


def _content(path: Path) -> str | None:
    """Return the hash of a file beside a film, None for one that cannot be read."""
    try:
        return content_hash(path)
    except ReelfindError:
        return None


TEXT = Stage(NAME, VERSION, (decode.NAME,), _settings, _run)
