"""Timed text inside the media file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import av
from av.codec import Codec
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.subtitle import AssSubtitle, SubtitleSet

from indexer.languages import short_code
from indexer.probe import open_media
from indexer.records import Line, Media, TextTrack, TimedText
from indexer.streams import demuxed
from indexer.text.repair import repair
from indexer.text.words import MOST_LINES, clean, spoken

_PLAIN_FIELDS = 8
"""Commas before the words in a SubStation event, as libav hands it out."""


def text_tracks(media: Media, language: str | None) -> list[TextTrack]:
    """Return the tracks that hold text (pictures of text do not), the best first.

    Full before forced, then the preferred language, then the default track.
    """
    wanted = short_code(language)
    return sorted(
        (track for track in media.text_tracks if _is_text(track.codec)),
        key=lambda track: (
            track.forced,
            wanted is not None and track.language != wanted,
            not track.default,
            track.index,
        ),
    )


def read_track(
    media: Media, track: TextTrack, duration: float, progress: Callable[[float], None]
) -> TimedText:
    """Return the lines of an embedded text track; none when it is empty.

    What a damaged file holds up to the damage is kept.

    Args:
        media: the file.
        track: one of its text tracks.
        duration: of the film, in seconds; 0 is unknown.
        progress: takes the part (0..1) of the file that has been read.

    Raises:
        ReelfindError: the file cannot be opened.
    """
    lines: list[Line] = []
    unreadable = 0
    for found in _packets(media, track):
        if found is None:
            unreadable += 1
            continue
        lines.append(found)
        progress(min(1.0, found.end / duration) if duration else 0.0)
        if len(lines) == MOST_LINES:
            break
    origin = f"track {track.index}"
    many = "" if unreadable == 1 else "s"
    warnings = (f"{media.path}: {origin}: {unreadable} subtitle{many} cannot be decoded; skipped",)
    return TimedText(
        repair(lines, duration).lines,
        "embedded",
        track.language,
        origin,
        warnings if unreadable else (),
    )


def _is_text(codec: str) -> bool:
    try:
        return Codec(codec, "r").text_sub
    except av.codec.codec.UnknownCodecError:
        return False


def _packets(media: Media, track: TextTrack) -> Iterator[Line | None]:
    """Return the lines of a track, None for each packet that cannot be decoded."""
    with open_media(media.path, media.containers) as container:
        stream = container.streams[track.index]
        # Lines are timed from the start of the file, which need not be at time 0.
        origin = (container.start_time or 0) / av.time_base
        for packet in _demuxed(container, stream):
            if packet.pts is None or packet.time_base is None or not packet.size:
                continue
            start = float(packet.pts * packet.time_base) - origin
            end = start + float((packet.duration or 0) * packet.time_base)
            try:
                decoded = packet.decode()
            except av.FFmpegError:
                yield None
                continue
            for words in _words(decoded):
                yield Line(max(0.0, start), end, words)


def _demuxed(container: InputContainer, stream: Stream) -> "Iterator[Packet[Stream]]":
    """Return a stream's packets up to where the file is damaged, which decoding tells."""
    with suppress(av.FFmpegError):
        yield from demuxed(container, stream)


def _words(decoded: Sequence[object]) -> Iterator[str]:
    """Return the words of what a packet decodes to: sets of events, or events."""
    for item in decoded:
        events = item.rects if isinstance(item, SubtitleSet) else [item]
        for event in events:
            if isinstance(event, AssSubtitle) and (words := _event_words(event)):
                yield words


def _event_words(event: AssSubtitle) -> str:
    fields = event.ass.decode("utf-8", errors="replace").split(",", _PLAIN_FIELDS)
    return clean(spoken(fields[-1]))
