"""What is heard in shots and clips in words, such as ``sound:music``: what filters compare with."""

from indexer.pipeline_sections import SoundSettings
from indexer.soundtrack.loudness import SILENCE, STEP, integrated
from indexer.soundtrack.measure import SURE, Soundtrack
from indexer.soundtrack.names import Loudness
from indexer.traits import stored


def values_of_span(
    track: Soundtrack, start: float, end: float, settings: SoundSettings
) -> list[str]:
    """Return the values of a shot or clip from ``start`` to ``end`` seconds of a title.

    Where a title has no sound, or its sound has ended, it is silent.
    """
    own, found = track.between(start, end), []
    spoken = float((own.speech >= SURE).sum()) * STEP
    if spoken and spoken >= min(settings.speech_seconds, (end - start) / 2):
        found.append(stored("sound", "speech"))
    if len(own.music) and (own.music >= SURE).mean() >= settings.music_share:
        found.append(stored("sound", "music"))
    level = integrated(own.energy) if len(own.energy) else SILENCE
    return [*found, stored("loudness", _loudness(level, track.programme, settings))]


def _loudness(level: float, programme: float, settings: SoundSettings) -> Loudness:
    if level < settings.silent:
        return "silent"
    if level < programme - settings.quiet:
        return "quiet"
    return "loud" if level >= programme + settings.loud else "normal"
