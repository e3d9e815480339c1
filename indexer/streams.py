"""A file's streams: which picture is the film, and what its audio and text tracks say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from indexer.languages import short_code
from indexer.records import AudioTrack, TextTrack
from indexer.sound import is_aside

COUNTED_PACKETS = 1000
"""Packets read from the start to tell moving pictures from a still."""

_NO_FILM = (
    Disposition.attached_pic
    | Disposition.timed_thumbnails
    | Disposition.still_image
    | Disposition.dependent
)
_ASIDE = (
    Disposition.comment
    | Disposition.lyrics
    | Disposition.karaoke
    | Disposition.hearing_impaired
    | Disposition.visual_impaired
    | Disposition.descriptions
    | Disposition.non_diegetic
    | Disposition.clean_effects
    | Disposition.dependent
)
_NAMES = ("title", "name", "handler_name")
"""Tags in which containers keep the name of a track."""


def demuxed(container: InputContainer, *streams: Stream) -> "Iterator[Packet[Any]]":
    """Yield the packets of streams up to the first that PyAV has no place for.

    Damaged files, and formats without a list of their streams (FLV, MPEG-PS), may bring up
    streams that were not there when the file was opened.
    """
    with suppress(IndexError):
        yield from container.demux(*streams)


def pictures(container: InputContainer) -> list[VideoStream]:
    """Return the video streams that may be the film: marked covers and thumbnails are left out."""
    return [stream for stream in container.streams.video if not stream.disposition & _NO_FILM]


def choose_picture(container: InputContainer, among: Sequence[VideoStream]) -> VideoStream:
    """Return the stream that is the film: one that moves, then the default, then the first.

    One that no decoder is there for comes last.

    With several to choose from, packets are read: what is read next begins later in the file.
    """
    if len(among) == 1:
        return among[0]
    count: Counter[int] = Counter()
    with suppress(av.FFmpegError):
        for packet in islice(demuxed(container, *among), COUNTED_PACKETS):
            count[packet.stream.index] += bool(packet.size)
    # A cover that nobody marked is a stream of one packet.
    return max(
        among,
        key=lambda stream: (
            stream.codec_context is not None,
            count[stream.index] > 1,
            bool(stream.disposition & Disposition.default),
            -stream.index,
        ),
    )


def place_of(stream: VideoStream, container: InputContainer) -> int | None:
    """Return the index of a stream; None where it is the first that is no attached picture."""
    covers = Disposition.attached_pic
    first = next(each for each in container.streams.video if not each.disposition & covers)
    return None if first.index == stream.index else stream.index


def audio_tracks(container: InputContainer) -> tuple[AudioTrack, ...]:
    """Return the audio tracks, in the file's order."""
    return tuple(
        AudioTrack(
            index=stream.index,
            language=short_code(stream.language),
            channels=stream.channels if stream.codec_context else 0,
            default=bool(stream.disposition & Disposition.default),
            aside=_is_aside(stream),
            codec=stream.codec_context.name if stream.codec_context else "",
        )
        for stream in container.streams.audio
    )


def text_tracks(container: InputContainer) -> tuple[TextTrack, ...]:
    """Return the subtitle tracks, in the file's order."""
    return tuple(
        TextTrack(
            index=stream.index,
            language=short_code(stream.language),
            codec=stream.codec_context.name if stream.codec_context else "unknown",
            default=bool(stream.disposition & Disposition.default),
            forced=bool(stream.disposition & Disposition.forced),
        )
        for stream in container.streams.subtitles
    )


def _is_aside(stream: AudioStream) -> bool:
    tags = {name.lower(): value for name, value in stream.metadata.items()}
    named = any(is_aside(tags.get(name, "")) for name in _NAMES)
    return named or bool(stream.disposition & _ASIDE)
