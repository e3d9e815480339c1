"""A title's timed text, from the best source there is."""

import logging
from collections.abc import Callable
from pathlib import Path

from indexer.records import Media, TimedText
from indexer.settings import TextSettings
from indexer.text.embedded import read_track, text_tracks
from indexer.text.sidecars import find_sidecar, read_sidecar
from indexer.text.transcription import LANGUAGE, RATE, transcribe

TEXT_VERSION = 1
"""Raised when the same files give other lines."""

NONE = TimedText((), "none")

logger = logging.getLogger(__name__)


def read_timed_text(
    media: Media,
    settings: TextSettings,
    audio: Path | None,
    progress: Callable[[float], None],
) -> TimedText:
    """Return a title's timed text: its sidecar, else a track of its own, else a transcription.

    Args:
        media: the title's file.
        settings: preferred language, and whether to transcribe.
        audio: its sound as int16 samples, mono at 16 kHz; None without sound.
        progress: takes the part (0..1) that is done.

    Raises:
        ReelfindError: the sidecar cannot be used, or the model's weights are not there.
    """
    duration = _duration(media, audio)
    sidecar = find_sidecar(media.path, settings)
    if sidecar is not None:
        return read_sidecar(sidecar, media.path, duration)
    for track in text_tracks(media, settings.language):
        text = read_track(media, track, duration, progress)
        if text.lines:
            return text
        logger.warning("%s: text track %d is empty; looking further", media.path, track.index)
    if audio is None or not settings.transcribe or not _understood(media):
        return NONE
    text = transcribe(audio, progress)
    return text if text.lines else NONE


def _duration(media: Media, audio: Path | None) -> float:
    """Return the seconds within which lines must begin; 0 is unknown.

    The container's claim may be too short, so the sound counts as well.
    """
    if not media.duration:
        return 0.0
    return max(media.duration, audio.stat().st_size / 2 / RATE if audio else 0.0)


def _understood(media: Media) -> bool:
    """Return whether the transcription knows the title's language, as far as that is known."""
    language = next((track.language for track in media.heard), None)
    if language in (None, LANGUAGE):
        return True
    logger.warning(
        "%s: spoken in %r, and the transcription knows %r only; add a sidecar",
        media.path,
        language,
        LANGUAGE,
    )
    return False
