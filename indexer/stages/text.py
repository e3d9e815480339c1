"""Stage ``text``: the title's timed text, and the dialogue of each shot."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from indexer.artefacts import write_timed_text
from indexer.decoding import AUDIO_FILE
from indexer.errors import ReelfindError
from indexer.hashing import content_hash
from indexer.reading import on_the_clock
from indexer.records import Breaks, Line, Media, TimedText
from indexer.seen import stamp_of
from indexer.stages import decode, earlier_text
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.text.listing import sidecars_in_folder
from indexer.text.speech import ENGLISH
from indexer.text.timed_text import (
    TEXT_VERSION,
    heard_language,
    read_timed_text,
    text_beside,
    whole,
)

NAME = "text"
VERSION = 1


def _settings(work: TitleWork) -> dict[str, object]:
    text = work.settings.text
    files = _files(work)
    earlier = earlier_text.settings_of(work, files, lambda: _film(work))
    return earlier or {
        "reader": TEXT_VERSION,
        "sidecars": [[path.name, content] for path, content in files.items()],
        **text.model_dump(),
        **_transcribes(work),
    }


def _transcribes(work: TitleWork) -> dict[str, object]:
    """Return what the result depends on where another network than the first one transcribes."""
    speech = work.models.description.speech
    return {} if speech == ENGLISH else {"speech": speech.name}


def _files(work: TitleWork) -> dict[Path, str | None]:
    """Return the sidecars that a film's text comes from, with hashes of their contents.

    If a sidecar has changed, all are read again to find the ones that count.
    """
    media = work.title.media
    try:
        stamps = tuple((path.name, stamp_of(path)) for path in sidecars_in_folder(media.path))
    except OSError:
        stamps = ()  # Reading the text reports what is wrong with the folder.
    if work.seen is not None and work.seen.has_texts(stamps):
        return {media.path.with_name(name): content for name, content in work.seen.texts}
    beside = text_beside(media, work.settings.text, work.models.description.speech)
    files = {path: _content(path) for path in beside.files}
    if work.seen is not None:
        texts = {path.name: content for path, content in files.items()}
        work.seen = work.seen.with_texts(stamps, texts)
    return files


def _run(work: TitleWork, out: Path) -> None:
    media, sound = _film(work)
    clock = partial(_on_the_clock, media, decode.read_decoded(work).breaks)
    speech = work.models.description.speech
    spoken = None
    if sound is not None:
        spoken = partial(work.models.transcribe, sound, language=heard_language(media))
    read = read_timed_text(media, work.settings.text, spoken, work.report, clock, speech)
    kept = tuple(map(work.settings.named_roots.line, read.warnings))
    write_timed_text(out, replace(read, warnings=kept))


def _film(work: TitleWork) -> tuple[Media, Path | None]:
    """Return the film with its true duration, and its sound, from the decode pass."""
    sound = work.artefact(decode.NAME, AUDIO_FILE)
    audio = sound if sound.is_file() else None
    decoded, media = decode.read_decoded(work), work.title.media
    left_out = media.picture_start + sum(gap.length for gap in decoded.breaks.gaps)
    # Lines beyond the end are dropped, and the container's own claim may be wrong.
    media = replace(media, duration=float(decoded.frame_count / media.fps + left_out))
    return whole(media, audio), audio


def _on_the_clock(media: Media, breaks: Breaks, text: TimedText) -> TimedText:
    """Convert lines from the file, or from a sidecar, to times from frame 0."""
    moved = [
        Line(max(0.0, start), end, line.text)
        for line in text.lines
        for start, end in [[on_the_clock(media, breaks, at) for at in (line.start, line.end)]]
        if end > 0
    ]
    return replace(text, lines=tuple(moved)) if media.picture_start or breaks.gaps else text


def _content(path: Path) -> str | None:
    """Return the hash of a sidecar; None if it cannot be read."""
    try:
        return content_hash(path)
    except ReelfindError:
        return None


TEXT = Stage(
    NAME,
    VERSION,
    (decode.NAME,),
    _settings,
    _run,
    doing="reading timed text",
    rate=0.01,
    reads_film=True,
)
