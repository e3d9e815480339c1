"""A title's timed text, from the best source there is."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.backbones.base import SAMPLE_RATE
from indexer.pipeline_sections import TextSettings
from indexer.records import Media, TextTrack, TimedText
from indexer.text.beside import Beside, fits, read_beside
from indexer.text.embedded import read_track, text_tracks
from indexer.text.forced import with_forced
from indexer.text.speech import ENGLISH, Speech

TEXT_VERSION = 2
"""Raised when the same files give other lines."""

NONE = TimedText((), "none")

Progress = Callable[[float], None]
"""Takes the part (0..1) that is done."""

logger = logging.getLogger(__name__)


def read_timed_text(
    media: Media,
    settings: TextSettings,
    transcribe: Callable[[Progress], TimedText] | None,
    progress: Progress,
    clock: Callable[[TimedText], TimedText] = lambda text: text,
    speech: Speech = ENGLISH,
) -> TimedText:
    """Return a title's timed text: its sidecar, else a track of its own, else a transcription.

    Forced subtitles are added to it. If a source cannot be used, a warning names it and the next
    one is used.

    Args:
        media: the title's file; lines that begin after its duration are left out.
        settings: preferred language, and whether to transcribe.
        transcribe: returns the speech in its sound; None without sound.
        progress: called with the share that is done.
        clock: converts the file's lines to the clock of the sound; players count differently.
        speech: what transcribes.

    Raises:
        ReelfindError: the folder cannot be listed, or the model's weights are missing.
    """
    beside = text_beside(media, settings, speech)
    for guess in beside.guesses:
        logger.warning("%s", guess)
    tracks = text_tracks(media, settings.language)
    text = beside.full or _first(media, [each for each in tracks if not each.forced], progress)
    text = clock(text) if text else None
    if text is None and transcribe and settings.transcribe and _understood(media, speech):
        text = transcribe(progress)
    text = text if text and text.lines else NONE
    forced = beside.forced or _first(media, [each for each in tracks if each.forced], progress)
    if forced and (not text.lines or fits(forced.language, text.language)):
        text = with_forced(text, clock(forced))
    return replace(text, warnings=(*beside.warnings, *text.warnings))


def text_beside(media: Media, settings: TextSettings, speech: Speech = ENGLISH) -> Beside:
    """Return the text of a film's sidecars, and which of them were read.

    Raises:
        ReelfindError: the folder cannot be listed.
    """
    full = [track for track in text_tracks(media, settings.language) if not track.forced]
    transcribed = None
    if settings.transcribe and media.audio_tracks:
        transcribed = speech.language or heard_language(media)
    return read_beside(media, settings.language, full[0].language if full else transcribed)


def whole(media: Media, audio: Path | None) -> Media:
    """Return the film with the duration within which lines must begin; 0 is unknown.

    The container's claim may be too short, so the sound counts as well.
    """
    if not media.duration or audio is None:
        return media
    return replace(media, duration=max(media.duration, audio.stat().st_size / 2 / SAMPLE_RATE))


def _first(media: Media, tracks: Sequence[TextTrack], progress: Progress) -> TimedText | None:
    """Return the text of the first track that has any."""
    for track in tracks:
        text = read_track(media, track, media.duration, progress)
        if text.lines:
            return text
        logger.warning("%s: text track %d is empty; looking further", media.path, track.index)
    return None


def heard_language(media: Media) -> str | None:
    """Return the language that the film gives for its sound; None if it gives none."""
    return next((track.language for track in media.heard), None)


def _understood(media: Media, speech: Speech) -> bool:
    """Return whether the title's language is unknown, or one that the transcription supports."""
    language = heard_language(media)
    if speech.language is None or language in (None, speech.language):
        return True
    logger.warning(
        "%s: spoken in %r, and the transcription knows %r only; add a sidecar, or use profile "
        "multilingual",
        media.path,
        language,
        speech.language,
    )
    return False
