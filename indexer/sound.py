"""Chooses the title's sound from a file's audio tracks."""

import re
from dataclasses import replace

from indexer.errors import ReelfindError
from indexer.records import AudioTrack, Media, Metadata

_ASIDE = re.compile(
    r"comment(ary|aire)|comentari|kommentar|\baudio[ -]?d[ei]s[ck]ri|\bdescri(bed|ptive)\b"
    r"|descriptive (audio|video)|video description|h[oö]rfilm|isolated (score|music)|karaoke",
    re.IGNORECASE,
)
"""What the names of commentaries, descriptions and other accompanying tracks have in them."""

_PRODUCTION = frozenset({"mxf", "mxf_opatom", "mxf_d10", "gxf", "lxf"})
"""Containers of production and broadcast: each channel is a track of its own."""


def is_aside(name: str) -> bool:
    """Return whether a track of this name is a commentary, description or the like."""
    return _ASIDE.search(name) is not None


def with_sound(media: Media, metadata: Metadata) -> Media:
    """Return a media file with its sound chosen.

    The track number in ``audio_track`` comes first. Otherwise it is the first track that is not a
    commentary, in the title's language, else without a language; the default track is preferred
    among equals. Mono tracks that are channels of one sound are used together.

    Raises:
        ReelfindError: there is no track of this number.
    """
    tracks = media.audio_tracks
    if not tracks:
        return media
    if metadata.audio_track:
        if metadata.audio_track > len(tracks):
            raise ReelfindError(
                f"{media.path}: audio track {metadata.audio_track} was asked for, and the file "
                f"has {len(tracks)}; name another, or 0 to choose by itself"
            )
        chosen = [tracks[metadata.audio_track - 1]]
    else:
        chosen = _choose(media, metadata.language)
    by_itself = replace(media, sound=None)
    if list(by_itself.heard) == chosen:
        return by_itself
    return replace(media, sound=tuple(track.index for track in chosen))


def _choose(media: Media, language: str | None) -> list[AudioTrack]:
    known = [track for track in media.audio_tracks if track.channels] or [*media.audio_tracks]
    proper = [track for track in known if not track.aside] or known
    first = min(proper, key=lambda track: (_strangeness(track, language), not track.default))
    if not _is_channel(first, media):
        return [first]
    return [
        track for track in proper if _is_channel(track, media) and track.language == first.language
    ]


def _strangeness(track: AudioTrack, language: str | None) -> int:
    """Return 0 for a track in the title's language, 1 if a language is unknown, 2 for others."""
    if language is None or track.language is None:
        return 1
    return 0 if track.language == language else 2


def _is_channel(track: AudioTrack, media: Media) -> bool:
    """Return whether a track is one channel of a sound, as production files have them."""
    uncompressed = track.codec.startswith("pcm_") or track.codec == "s302m"
    return track.channels == 1 and (uncompressed or media.container in _PRODUCTION)
