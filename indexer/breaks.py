"""Finds breaks in a film's timestamps, and when its last picture is shown.

Reads every packet of the file once, without decoding. For an MP4 or MOV, whose index lists all
packets, reads the index alone.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction

import av
import numpy as np
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from indexer.errors import BrokenReadError, ReelfindError
from indexer.probe import RESTART, clock_may_restart, has_timestamps, open_film
from indexer.reading import origin
from indexer.records import UNBROKEN, Breaks, Gap, Media
from indexer.streams import demuxed

BACKWARD = 0.1
"""Seconds by which timestamps may step back and still run on, as in ffmpeg."""

MOST_GAPS = 200
"""Gaps that are left out, the longest ones: each is a part of ffmpeg's command line."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The breaks of a film, and how far it goes by its own packets.

    ``frames`` are the places on the grid from the first picture to the last; ``end`` is when the
    last stream ends, in seconds as the file claims its length. Both are None where not known.
    """

    breaks: Breaks = UNBROKEN
    frames: int | None = None
    end: float | None = None


@dataclass
class _Packets:
    """Packets of one stream: their times in ticks, in the order of the file."""

    decoded: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)


def survey(media: Media, longest_hold: float) -> Extent:
    """Return the breaks in a film's timestamps, and its extent.

    Args:
        media: the probed file.
        longest_hold: seconds that a picture may stand with nothing heard before that counts as a
            gap in the recording.

    Raises:
        BrokenReadError: it lies in an object store, and could not be read to its end.
    """
    try:
        with open_film(media.path, media.containers) as (container, stream):
            sounds = [container.streams[track.index] for track in media.heard]
            if not has_timestamps(container):
                breaks = _restarting(media, container, stream, sounds)
                return Extent(replace(breaks, regular=_is_regular(media, container, stream)))
            if clock_may_restart(container):
                longest_hold = min(longest_hold, RESTART)
            if _index_runs_on(stream, longest_hold):
                return Extent(frames=_indexed_frames(media, stream), end=_claimed_end(container))
            return _read_all(media, container, stream, sounds, longest_hold)
    except BrokenReadError:
        raise
    except ReelfindError:
        return Extent()  # The decode pass reports what is wrong with the file.


def _index_runs_on(stream: VideoStream, longest_hold: float) -> bool:
    """Return whether the file's index lists every picture, without a break in their times."""
    entries = stream.index_entries
    if not 0 < stream.frames == len(entries) or stream.time_base is None:
        return False
    steps = _steps([entry.timestamp for entry in entries], Fraction(stream.time_base))
    return bool((steps >= 0).all() and (steps <= longest_hold).all())


def _indexed_frames(media: Media, stream: VideoStream) -> int | None:
    if stream.duration is None or stream.time_base is None:
        return None
    end = ((stream.start_time or 0) + stream.duration) * Fraction(stream.time_base)
    return _place(end - origin(media), media.fps)


def _claimed_end(container: InputContainer) -> float | None:
    return container.duration / av.time_base if container.duration else None


def _read_all(
    media: Media,
    container: InputContainer,
    stream: VideoStream,
    sounds: Sequence[Stream],
    longest_hold: float,
) -> Extent:
    found = {each.index: _Packets() for each in (stream, *sounds)}
    end = Fraction(0)
    try:
        for packet in demuxed(container):
            time = packet.pts if packet.pts is not None else packet.dts
            if time is None or not packet.size or packet.time_base is None:
                continue
            end = max(end, (time + (packet.duration or 0)) * Fraction(packet.time_base))
            if packet.stream_index in found:
                of_stream = found[packet.stream_index]
                of_stream.shown.append(time)
                if packet.dts is not None:
                    of_stream.decoded.append(packet.dts)
    except av.FFmpegError:
        pass  # truncated or damaged there: the decode pass reports it
    assert container.start_time is not None
    pictures, ticks = found[stream.index], Fraction(stream.time_base or 0)
    if (_steps(pictures.decoded, ticks) < -BACKWARD).any():
        return Extent(_restarting(media, container, stream, sounds))
    heard = [
        np.array(found[sound.index].shown, np.float64) * float(Fraction(sound.time_base or 0))
        for sound in sounds
    ]
    gaps = _gaps(media, sorted(pictures.shown), ticks, np.concatenate([[], *heard]), longest_hold)
    last = max(pictures.shown, default=0) * ticks - sum(gap.length for gap in gaps)
    frames = _place(last - origin(media), media.fps) + 1
    start = container.start_time / av.time_base
    # Where the length is written in the file, some programs count it from time 0.
    began = start if clock_may_restart(container) else min(start, 0.0)
    return Extent(Breaks(gaps=gaps), frames, float(end) - began)


def _is_regular(media: Media, container: InputContainer, stream: VideoStream) -> bool:
    """Return whether a file that stores no timestamps has a picture for every frame of the grid.

    libavformat makes up times for AVI and MPEG program streams, and some are those of a neighbour.
    """
    if media.variable_frame_rate or container.start_time is None or stream.time_base is None:
        return False
    times: list[int] = []
    with suppress(av.FFmpegError):
        times += [p.dts for p in container.demux(stream) if p.size and p.dts is not None]
    if not times:
        return False
    places = (max(times) - min(times)) * Fraction(stream.time_base) * media.fps + 1
    return abs(places - len(times)) < 1


def _steps(times: Sequence[int], time_base: Fraction) -> NDArray[np.float64]:
    """Return the seconds from each time, in ticks, to the next."""
    return np.diff(np.array(times, np.int64)).astype(np.float64) * float(time_base)


def _restarting(
    media: Media, container: InputContainer, stream: VideoStream, sounds: Sequence[Stream]
) -> Breaks:
    """Return the breaks of a file that can only be read from its start.

    ffmpeg counts from the first of the streams it reads where clocks may restart, elsewhere from
    the first of all.
    """
    starts = [Fraction(container.start_time or 0, av.time_base)]
    if clock_may_restart(container):
        starts = [
            each.start_time * Fraction(each.time_base)
            for each in (stream, *sounds)
            if each.start_time is not None and each.time_base is not None
        ] or starts
    return Breaks(restarts=True, lead=origin(media) - min(starts))


def _gaps(
    media: Media,
    shown: Sequence[int],
    time_base: Fraction,
    heard: NDArray[np.float64],
    longest_hold: float,
) -> tuple[Gap, ...]:
    """Return the longest spans in which a picture stands too long without sound."""
    steps = _steps(shown, time_base)
    # A row of slides has no gaps, however long each is shown.
    limit = max(longest_hold, 10 * float(np.median(steps))) if len(steps) else longest_hold
    spans = [
        (shown[at] * time_base, shown[at + 1] * time_base)
        for at in np.flatnonzero(steps > limit).tolist()
    ]
    silent = [span for span in spans if not _sounds_in(heard, *span, longest_hold)]
    kept = sorted(sorted(silent, key=lambda span: span[0] - span[1])[:MOST_GAPS])
    gaps: list[Gap] = []
    removed = Fraction(0)
    for start, end in kept:
        place = _place(start - origin(media) - removed, media.fps)
        length = end - origin(media) - removed - Fraction(place + 1) / media.fps
        gaps.append(Gap(start, end, length))
        removed += length
    return tuple(gaps)


def _sounds_in(heard: NDArray[np.float64], start: Fraction, end: Fraction, pause: float) -> bool:
    """Return whether sound runs through a span, with no pause longer than ``pause`` seconds."""
    first, last = float(start), float(end)
    inside = np.sort(heard[(heard > first) & (heard < last)])
    return bool(np.diff(np.concatenate([[first], inside, [last]])).max() <= pause)


def _place(seconds: Fraction, fps: Fraction) -> int:
    """Return the place on the grid nearest to a time; a half counts up, as in ffmpeg."""
    return int((seconds * fps + Fraction(1, 2)) // 1)
