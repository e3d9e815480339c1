"""One clip of a reel, encoded to bare streams that can be joined byte by byte."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import ffmpeg  # type: ignore[import-untyped]

from app.exports import overlays
from app.exports.cut import Cut, Event
from app.exports.rates import nearest
from app.exports.records import ExportError
from indexer.ffmpeg import FfmpegRun, run_ffmpeg
from indexer.limits import MEMORY
from indexer.probe import open_film
from indexer.reading import Reading, readings_before
from indexer.records import Media

SAMPLE_RATE = 48_000
"""Sample rate of the reel's stereo sound, in hertz."""

_PICTURE, _SOUND = "segment.h264", "segment.s16"
_UNSPECIFIED = 2
"""The number of an unspecified colour matrix (ITU-T H.273)."""
_HD = 720


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``record_start`` to ``record_end`` (exclusive) of the reel: an event, or a card."""

    record_start: int
    record_end: int
    event: Event | None = None
    card: Any = None
    timecode: bool = False

    @property
    def frames(self) -> int:
        """The length, in frames of the sequence."""
        return self.record_end - self.record_start


def encode(
    segment: Segment,
    cut: Cut,
    folder: Path,
    crf: int,
    sounds: bool,
    on_frames: Callable[[int], None],
    memory: float = MEMORY,
) -> list[Path]:
    """Encode a segment into a folder: its picture and, where the reel ``sounds``, its sound.

    Raises:
        ExportError: a frame cannot be decoded, or there is no space left.
    """
    files = [folder / _PICTURE, folder / _SOUND][: 2 if sounds else 1]
    run = FfmpegRun(1, ())
    for reading in _readings(segment.event):
        graph = _graph(segment, cut, crf, sounds, reading)
        run = run_ffmpeg(graph, folder, on_frames, memory)
        if run.disk_full:
            raise ExportError(f"{folder.parent}: no space left on the disk; free some and go on")
        if run.out_of_memory and segment.event is not None:
            raise ExportError(run.too_much_memory(segment.event.media.path, memory))
        if _frames(files[0]) == segment.frames:
            return files
    assert segment.event is not None
    raise ExportError(
        f"{segment.event.media.path}: frames {segment.event.start} to {segment.event.end} could "
        f"not all be decoded ({run.cause}); check that it plays, or trim item "
        f"{segment.event.position}"
    )


def _readings(event: Event | None) -> Iterator[Reading | None]:
    """The readings to try, the quickest first; a card needs none."""
    if event is None:
        yield None
        return
    yield from readings_before(event.media, event.breaks, event.start)
    yield Reading(event.media, event.breaks)


def _graph(segment: Segment, cut: Cut, crf: int, sounds: bool, reading: Reading | None) -> Any:
    if segment.event is None or reading is None:
        picture, heard = segment.card, None
    else:
        picture = _picture(reading, segment.event, cut, segment.timecode)
        heard = _heard(reading, segment.event) if sounds else None
    picture = picture.filter("trim", end_frame=segment.frames).filter("format", "yuv420p")
    outputs = [
        ffmpeg.output(
            picture,
            _PICTURE,
            f="h264",
            vcodec="libx264",
            crf=crf,
            bf=0,
            fps_mode="passthrough",
            colorspace="bt709",
            color_primaries="bt709",
            color_trc="bt709",
            color_range="tv",
            **{"x264-params": "aud=1"},
        )
    ]
    sound = heard is not None
    if sounds:
        samples = _samples(segment, cut.fps)
        heard = ffmpeg.input("anullsrc=r=48000:cl=stereo", f="lavfi") if heard is None else heard
        whole = heard.filter("apad").filter("atrim", end_sample=samples)
        outputs.append(ffmpeg.output(whole, _SOUND, f="s16le", ac=2, ar=SAMPLE_RATE))
    if reading is None:
        return ffmpeg.merge_outputs(*outputs)
    return reading.output(*outputs, heard=sound)


def _picture(reading: Reading, event: Event, cut: Cut, timecode: bool) -> Any:
    """The clip's frames on the title's grid, then conformed to the reel's size, shape and rate."""
    media = event.media
    clip = reading.pictures.filter("trim", start_pts=event.start, end_pts=event.end)
    clip = clip.filter("setpts", "PTS-STARTPTS")
    width, height = _fitted(media, cut)
    scaled = clip.filter(
        "scale",
        width,
        height,
        in_color_matrix=_matrix(media),
        out_color_matrix="bt709",
        out_range="tv",
    )
    square = scaled.filter("setsar", 1)
    framed = square.filter("pad", cut.width, cut.height, "(ow-iw)/2", "(oh-ih)/2")
    if timecode:
        framed = overlays.burn_timecode(framed, event, cut.height)
    if media.fps == cut.fps:
        return framed
    # A rounded length may reach a frame beyond the clip: its last picture is held.
    held = framed.filter("tpad", stop_mode="clone", stop=2)
    return held.filter("fps", f"{cut.fps.numerator}/{cut.fps.denominator}")


def _heard(reading: Reading, event: Event) -> Any:
    """The clip's sound in sync with its picture; None if the title has no sound."""
    sound = reading.sound
    if sound is None:
        return None
    start, end = (float(frame / event.media.fps) for frame in (event.start, event.end))
    stereo = sound.filter("aformat", channel_layouts="stereo")
    clip = stereo.filter("atrim", start=f"{start:.9f}", end=f"{end:.9f}")
    moved = clip.filter("asetpts", f"PTS-{start:.9f}/TB")
    return moved.filter("aresample", SAMPLE_RATE, **{"async": 1}, first_pts=0)


def _samples(segment: Segment, fps: Fraction) -> int:
    """Return the number of samples of a segment; rounding does not add up along the reel."""
    first, last = (
        nearest(frame / fps * SAMPLE_RATE) for frame in (segment.record_start, segment.record_end)
    )
    return last - first


def _fitted(media: Media, cut: Cut) -> tuple[int, int]:
    """Return the largest even size of a title's picture that fits into the reel's."""
    scale = min(Fraction(cut.width, media.width), Fraction(cut.height, media.height))
    width, height = (2 * nearest(side * scale / 2) for side in (media.width, media.height))
    return min(width, cut.width), min(height, cut.height)


def _matrix(media: Media) -> str:
    """Return a film's colour matrix; if the film specifies none, the one that players assume."""
    with open_film(media.path, media.containers) as (_, stream):
        matrix = stream.codec_context.colorspace
    if matrix != _UNSPECIFIED:
        return "auto"
    return "bt709" if media.height >= _HD else "bt601"


def _frames(path: Path) -> int:
    """Return the number of frames in a bare stream."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with av.open(str(path), format="h264") as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)
