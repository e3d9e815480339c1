"""Probes a media file: the first step for a title, in well under a second."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from indexer.containers import CONTAINERS, SOUND, reading_options
from indexer.errors import ReelfindError
from indexer.ffmpeg import first_timestamp
from indexer.files import open_regular
from indexer.frame_rate import FrameRate, frame_rate, offset
from indexer.hashing import content_hash
from indexer.records import Media
from indexer.relay import check_reads, film_address
from indexer.streams import (
    audio_tracks,
    choose_picture,
    demuxed,
    pictures,
    place_of,
    text_tracks,
)
from indexer.timecode import is_timecode

PYAV = int(av.__version__.partition(".")[0])

HEAD_PACKETS = 3000
"""Packets read from the start to learn the frame rate: two minutes of film."""

WINDOW_PACKETS = 400
"""Packets read at each further place."""

LONGEST = 7 * 24 * 3600.0
"""A claimed duration beyond this, in seconds, is not believed."""

PROBE_VERSION = 1
"""Raised when something else is read of the same file."""

_EDGE = 20
"""Frames left out at the end of a window that stops within the film: more than are reordered."""

_ANY_TAGS: dict[str, Any] = {"metadata_errors": "surrogateescape"} if PYAV < 19 else {}
"""PyAV 19 opens a file whose tags are not UTF-8; PyAV 18 does so only when told how."""
RESTART = 10.0
"""Seconds between two packets from which a clock counts as set anew, as in ffmpeg."""

_MAY_RESTART = 0x0200
"""AVFMT_TS_DISCONT: a format whose clock may be set anew, such as MPEG-TS."""

_UNSTAMPED = {"avi", "mpeg"}
"""Formats in which not every picture has a time of its own, beside bare streams of pictures."""


_PICTURES = {"image2", "tty"}
"""Formats that make a film of any file by its name: still pictures and text art."""


def probe(path: Path, containers: Sequence[str] = CONTAINERS) -> Media:
    """Return the properties of a media file; one frame is decoded to make sure that it is a film.

    Args:
        path: the file.
        containers: the formats that may be opened.

    Raises:
        ReelfindError: it is missing, no regular file, unreadable, empty, of no format that may
            be opened, or has no picture that moves.
    """
    with open_film(path, containers) as (container, stream):
        # Read in time order: rate and frame come before seeking about.
        frame = _first_frame(container, stream, path)
        rate, lead = _measure(container, stream, path)
        origin = _first_stamp(container, stream, frame, path) + lead
        width, height = _display_size(stream, frame)
        return Media(
            path=path,
            content_hash=content_hash(path),
            size=path.stat().st_size,
            fps=rate.fps,
            variable_frame_rate=rate.variable,
            duration=_duration(container, stream),
            start_timecode=_start_timecode(container, stream, rate.fps),
            width=width,
            height=height,
            video_codec=stream.codec_context.name,
            audio_tracks=audio_tracks(container),
            text_tracks=text_tracks(container),
            container=container.format.name,
            video_stream=place_of(stream, container),
            origin=origin,
            picture_start=_picture_start(container, origin),
        )


@contextmanager
def open_film(
    path: Path, containers: Sequence[str] = CONTAINERS
) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a media file at its start, with the video stream that is the film.

    Raises:
        ReelfindError: it cannot be opened or read, or has no picture that moves.
    """
    with open_media(path, containers) as container:
        found = _pictures(container, path)
        if len(found) == 1:
            yield container, found[0]
            return
        index = choose_picture(container, found).index
    with open_media(path, containers) as container:
        yield container, next(s for s in _pictures(container, path) if s.index == index)


@contextmanager
def open_media(path: Path, containers: Sequence[str] = CONTAINERS) -> Iterator[InputContainer]:
    """Open a media file for reading, without libav's log, and translate its errors.

    Raises:
        ReelfindError: it cannot be opened, is of none of the formats ``containers``, or reading
            it failed within the block.
    """
    _check_file(path)
    av.logging.set_level(None)
    began = time.monotonic()
    address, protocols = film_address(path)
    try:
        options = reading_options((*containers, *SOUND), protocols)
        with av.open(address, container_options=options, **_ANY_TAGS) as container:
            yield container
        check_reads([address], began)
    except av.ArgumentError as error:
        check_reads([address], began)
        raise ReelfindError(
            f"{path}: damaged, or no film: a still picture, text, a playlist or another format "
            "that is not opened; leave it out, or name its format in media.containers"
        ) from error
    except av.FFmpegError as error:
        check_reads([address], began)
        raise ReelfindError(
            f"{path}: not a media file that ffmpeg can read ({error.strerror}); "
            "check that it plays and is complete"
        ) from error


def _pictures(container: InputContainer, path: Path) -> list[VideoStream]:
    if container.format.name.endswith("_pipe") or container.format.name in _PICTURES:
        raise _still(path)
    found = pictures(container)
    if not found:
        kinds = "sound only" if container.streams.audio else "no picture"
        raise ReelfindError(f"{path}: {kinds}, no video stream; leave it out or add the film")
    return found


def _still(path: Path) -> ReelfindError:
    return ReelfindError(f"{path}: a still picture or text, not a film; leave it out")


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise ReelfindError(f"{path}: a folder, not a media file; name the film in it")
        with open_regular(path) as file:
            if not file.read(1):
                raise ReelfindError(f"{path}: empty (0 bytes); copy the file again")
    except FileNotFoundError as error:
        raise ReelfindError(f"{path}: no such file; check the path") from error
    except OSError as error:
        raise ReelfindError(
            f"{path}: cannot be read ({error.strerror}); check its permissions"
        ) from error


def _first_frame(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """Return the first frame that decodes among the first packets."""
    for packet in islice(demuxed(container, stream), WINDOW_PACKETS):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        for frame in frames:
            assert isinstance(frame, VideoFrame)
            return frame
    raise ReelfindError(
        f"{path}: no frame could be decoded; the file is damaged or cut off, copy it again"
    )


def _measure(
    container: InputContainer, stream: VideoStream, path: Path
) -> tuple[FrameRate, Fraction]:
    """Return the frame rate, measured at the start of the film and at two later places.

    Also returns the seconds from the first frame to its place on the grid.
    """
    head = _window(container, stream, 0, HEAD_PACKETS)
    count = sum(map(len, head))
    if count == 1:
        raise _still(path)
    windows, length = head, stream.duration or 0
    if count >= HEAD_PACKETS - 2 * _EDGE and length > 0:
        start = stream.start_time or 0
        for place in (start + length // 3, start + 2 * length // 3):
            windows = windows + _window(container, stream, place, WINDOW_PACKETS)
    # PyAV 19 has its own rational type; an unknown rate is None or 0.
    rates = (stream.guessed_rate, stream.average_rate, stream.base_rate)
    declared = [Fraction(rate) if rate else None for rate in rates]
    time_base = Fraction(stream.time_base or Fraction(1, 90_000))
    rate = frame_rate([window for window in windows if len(window) > 1], time_base, declared)
    lead = offset(head[0], time_base, rate.fps) if rate.variable else Fraction(0)
    return rate, lead


def _window(
    container: InputContainer, stream: VideoStream, place: int, packets: int
) -> list[list[int]]:
    """Return the timestamps, in ticks and in order, of up to ``packets`` frames from a place.

    A new list begins where the timestamps restart.
    """
    ticks = float(stream.time_base or Fraction(1, 90_000))
    runs: list[list[int]] = []
    decoded, count = 0, 0
    try:
        container.seek(place, stream=stream)
        for packet in islice(demuxed(container, stream), packets):
            if packet.pts is None or not packet.size:
                continue
            time = packet.dts if packet.dts is not None else packet.pts
            if not runs or not -1 < (time - decoded) * ticks < RESTART:
                runs.append([])
            runs[-1].append(packet.pts)
            decoded, count = time, count + 1
    except av.FFmpegError:
        return []  # a file that cannot seek, or is truncated there: its other windows count
    for run in runs:
        run.sort()
    # If reading stopped before the end, the last frames may lack a neighbour stored later.
    if count >= packets - _EDGE:
        del runs[-1][-_EDGE:]
    return runs


def has_timestamps(container: InputContainer) -> bool:
    """Return whether the file stores a timestamp for each picture, so that seeks are reliable."""
    return container.format.name not in _UNSTAMPED and container.start_time is not None


def _first_stamp(
    container: InputContainer, stream: VideoStream, frame: VideoFrame, path: Path
) -> Fraction:
    """Return the timestamp of a film's first frame in seconds.

    If the file stores none, libraries of different versions make up different ones, so this
    asks the program that will decode the film.
    """
    if has_timestamps(container) and frame.pts is not None and frame.time_base is not None:
        return frame.pts * Fraction(frame.time_base)
    return first_timestamp(path, (container.format.name,), stream.index)


def clock_may_restart(container: InputContainer) -> bool:
    """Return whether timestamps may restart in files of this format."""
    return bool(container.format.flags & _MAY_RESTART)


def _picture_start(container: InputContainer, origin: Fraction) -> Fraction:
    """Return the seconds from the start of the file to frame 0."""
    if container.start_time is None:
        return Fraction(0)
    # libavformat rounds the start of the file to microseconds.
    return Fraction(round(origin * av.time_base) - container.start_time, av.time_base)


def _display_size(stream: VideoStream, frame: VideoFrame) -> tuple[int, int]:
    """Return width and height in pixels as shown: after pixel aspect ratio and rotation."""
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    width = round(frame.width * aspect) if Fraction(1, 4) <= aspect <= 4 else frame.width
    return (frame.height, width) if frame.rotation % 180 else (width, frame.height)


def _duration(container: InputContainer, stream: VideoStream) -> float:
    """Return the claimed duration in seconds; 0 without a plausible one."""
    seconds = 0.0
    if container.duration:
        seconds = container.duration / av.time_base
    elif stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    return seconds if 0 < seconds <= LONGEST else 0.0


def _start_timecode(container: InputContainer, film: VideoStream, fps: Fraction) -> str | None:
    """Return the first timecode tag that is valid at this rate; the film's own comes first."""
    streams = sorted(container.streams, key=lambda stream: stream.index != film.index)
    for metadata in [*(stream.metadata for stream in streams), container.metadata]:
        for name, value in metadata.items():
            if name.lower() == "timecode" and is_timecode(value.strip(), fps):
                return value.strip()
    return None
