"""Timed text inside the media file."""

from collections.abc import Callable, Iterator, Sequence

import av
from av.codec import Codec
from av.subtitles.subtitle import AssSubtitle, SubtitleSet
from pysubs2 import SSAEvent

from indexer.languages import short_code
from indexer.probe import open_media
from indexer.records import Line, Media, TextTrack, TimedText
from indexer.text.parsing import clean
from indexer.text.repair import repair

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

    Args:
        media: the file.
        track: one of its text tracks.
        duration: of the film, in seconds; 0 is unknown.
        progress: takes the part (0..1) of the file that has been read.

    Raises:
        ReelfindError: the file cannot be read.
    """
    lines = []
    for line in _lines(media, track):
        lines.append(line)
        progress(min(1.0, line.end / duration) if duration else 0.0)
    repaired = repair(lines, duration)
    return TimedText(repaired.lines, "embedded", track.language, origin=f"track {track.index}")


def _is_text(codec: str) -> bool:
    try:
        return Codec(codec, "r").text_sub
    except av.codec.codec.UnknownCodecError:
        return False


def _lines(media: Media, track: TextTrack) -> Iterator[Line]:
    with open_media(media.path) as container:
        stream = container.streams[track.index]
        # Lines are timed from the start of the file, which need not be at time 0.
        origin = (container.start_time or 0) / av.time_base
        for packet in container.demux(stream):
            if packet.pts is None or packet.time_base is None or not packet.size:
                continue
            start = float(packet.pts * packet.time_base) - origin
            end = start + float((packet.duration or 0) * packet.time_base)
            for words in _words(packet.decode()):
                yield Line(max(0.0, start), end, words)


def _words(decoded: Sequence[object]) -> Iterator[str]:
    """Return the words of what a packet decodes to: sets of events, or events."""
    for item in decoded:
        events = item.rects if isinstance(item, SubtitleSet) else [item]
        for event in events:
            if isinstance(event, AssSubtitle) and (words := _event_words(event)):
                yield words


def _event_words(event: AssSubtitle) -> str:
    fields = event.ass.decode("utf-8", errors="replace").split(",", _PLAIN_FIELDS)
    return clean(SSAEvent(text=fields[-1]).plaintext)
