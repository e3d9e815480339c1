"""A reel: the cut rendered to one film, accurate to the frame.

Each clip is encoded on its own, so memory does not grow with the shortlist, into bare H.264
without reordered frames and bare sound. These join byte by byte into one stream each, whose
frames are then numbered anew: no container's rounding can shift a cut.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg  # type: ignore[import-untyped]

from app.exports import overlays, segments
from app.exports.cut import Cut, check_film
from app.exports.records import ExportError
from app.exports.segments import SAMPLE_RATE, Segment
from encoder.atomic import rename
from indexer.ffmpeg import FfmpegRun, run_ffmpeg
from indexer.limits import MEMORY
from indexer.named_roots import check_root

_PICTURE, _SOUND, _REEL = "reel.h264", "reel.s16", "reel.mp4"
_SOUND_RATE = "192k"


@dataclass(frozen=True, slots=True)
class ReelOptions:
    """What is written into the picture, and how well it is encoded (x264's CRF, 0 is lossless)."""

    timecode: bool = False
    slate: bool = False
    crf: int = 18


PLAIN = ReelOptions()
"""Nothing but the clips."""


def render(
    cut: Cut,
    path: Path,
    options: ReelOptions = PLAIN,
    progress: Callable[[float], None] | None = None,
    memory: float = MEMORY,
) -> None:
    """Render a cut to an MP4 file, which is replaced only when all is done.

    Titles of another rate, size or shape are brought to those of the sequence: by repeating or
    leaving out frames, and by black borders. The film's start timecode is the sequence's, less
    the slate.

    Args:
        cut: what is rendered.
        path: the file to write.
        options: what is written into the picture, and the quality.
        progress: called with the share that is done, 0 to 1; an exception of it ends the rendering.
        memory: GiB that each ffmpeg process may take.

    Raises:
        ExportError: a film is not where it was or has another content, a frame cannot be decoded,
            ffmpeg cannot write text, or there is no space left.
    """
    _check_films(cut)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as name:
            folder = Path(name)
            if options.timecode or options.slate:
                overlays.prepare(folder)
            lead = _encode(cut, folder, options, progress or _unheard, memory)
            run = run_ffmpeg(_joined(cut, lead, cut.channels > 0), folder)
            _check(run, path)
            _check_films(cut)  # None was replaced while it was read.
            rename(folder / _REEL, path)
    except OSError as error:
        raise ExportError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error


def _encode(
    cut: Cut,
    folder: Path,
    options: ReelOptions,
    progress: Callable[[float], None],
    memory: float,
) -> int:
    """Write the picture and the sound of all clips; return the frames before the first."""
    lead = overlays.slate_frames(cut) if options.slate else 0
    total = lead + cut.frames
    with (folder / _PICTURE).open("wb") as picture, (folder / _SOUND).open("wb") as sound:
        for segment in _segments(cut, folder, options, lead):

            def worked(frames: int, segment: Segment = segment) -> None:
                progress((segment.record_start + min(frames, segment.frames)) / total)

            sounds = cut.channels > 0
            files = segments.encode(segment, cut, folder, options.crf, sounds, worked, memory)
            for source, target in zip(files, (picture, sound), strict=False):
                with source.open("rb") as file:
                    shutil.copyfileobj(file, target)
                source.unlink()
            progress(segment.record_end / total)
    return lead


def _segments(cut: Cut, folder: Path, options: ReelOptions, lead: int) -> list[Segment]:
    clips = [
        Segment(
            lead + event.record_start, lead + event.record_end, event, timecode=options.timecode
        )
        for event in cut.events
    ]
    if lead:
        return [Segment(0, lead, card=overlays.slate(cut, folder)), *clips]
    return clips


def _joined(cut: Cut, lead: int, sounds: bool) -> Any:
    """The two streams in a container, frame ``n`` at ``n / fps``."""
    rate = f"{cut.fps.numerator}/{cut.fps.denominator}"
    streams = [ffmpeg.input(_PICTURE, f="h264", framerate=rate)]
    if sounds:
        streams.append(ffmpeg.input(_SOUND, f="s16le", ar=SAMPLE_RATE, ch_layout="stereo"))
    # In the time base of bare H.264, which is far finer than any frame.
    time = f"round(N*{cut.fps.denominator}/({cut.fps.numerator}*TB))"
    return ffmpeg.output(
        *streams,
        _REEL,
        vcodec="copy",
        acodec="aac",
        timecode=cut.timecode(-lead),
        movflags="+faststart",
        video_track_timescale=cut.fps.numerator,
        **{"bsf:v": f"setts=pts={time}:dts={time}", "b:a": _SOUND_RATE},
    )


def _unheard(share: float) -> None:
    del share


def _check_films(cut: Cut) -> None:
    for event in cut.events:
        check_root(event.media.path)
        if not event.media.path.is_file():
            raise ExportError(
                f"{event.media.path}: the film of item {event.position} ({event.name}) is not "
                "there; mount its disk, or index it again where it lies now"
            )
    for event in {event.media: event for event in reversed(cut.events)}.values():
        check_film(event, read=True)


def _check(run: FfmpegRun, path: Path) -> None:
    if run.disk_full:
        raise ExportError(f"{path}: no space left on the disk; free some and export again")
    if run.status != 0:
        raise ExportError(f"{path}: cannot be written ({run.cause}); choose another place")
