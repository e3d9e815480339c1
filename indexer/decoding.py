"""The one decode pass: a film becomes small frames, stills and sound on one clock.

Time 0 is the first picture. Frame ``i`` of the grid is the picture whose presentation timestamp
is nearest to, and not half a frame later than, ``i / fps`` seconds after it; sample ``s`` of the
sound is heard at ``s / 16000`` seconds. Sound before the first picture is left out.
ffmpeg writes all three straight to disk, so memory does not grow with the length of the film.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ffmpeg  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from indexer.breaks import Extent, survey
from indexer.errors import ReelfindError
from indexer.ffmpeg import FfmpegRun, film_picture, run_ffmpeg
from indexer.hardware import CUDA, can_decode_on_gpu
from indexer.mapped import open_mapped
from indexer.pipeline_sections import DecodeSettings
from indexer.reading import Reading, readings_before
from indexer.records import UNBROKEN, Breaks, Media

logger = logging.getLogger(__name__)

FRAMES_FILE = "frames.u8"
AUDIO_FILE = "audio.s16"
STILLS_FOLDER = "stills"
STILL_NAME = "{:08d}.jpg"
PICTURE_NAME = "{:08d}.png"

FRAME_SHAPE = (27, 48, 3)
"""Height, width and RGB of the small frames: what TransNetV2 was trained on."""

SAMPLE_RATE = 16_000

_FRAME_BYTES = 27 * 48 * 3
_STILL_QUALITY = 3
_LATE = 1.5
"""Seconds that a film may fall short of its container's claim without being called damaged."""

_AT_ONCE = 500
"""Stills that one reading from the start writes: more would make its command line too long."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Results of the decode pass; ``decode`` describes its files.

    ``damaged`` is a message: why less than the whole file may have been decoded. ``breaks``
    are needed by every later reading of the file.
    """

    frame_count: int
    audio_samples: int
    damaged: str | None
    breaks: Breaks = UNBROKEN


@dataclass(frozen=True, slots=True)
class _Form:
    """How single frames are written: the name of each file, and the output of their stream."""

    name: str
    output: Callable[[Any], Any]


def decode(
    media: Media,
    out: Path,
    settings: DecodeSettings,
    progress: Callable[[float], None] | None = None,
) -> Decoded:
    """Decode a film once, into the folder ``out``.

    Writes ``frames.u8`` (see ``open_frames``), ``stills/00001234.jpg`` for every
    ``still_step``-th frame, and ``audio.s16`` (see ``open_audio``) when there is sound.

    Args:
        media: the probed file.
        out: created if it does not exist.
        settings: rate and size of the stills.
        progress: called with the number of seconds decoded so far.

    Raises:
        ReelfindError: no frame could be decoded, reading takes more memory than it may, or there is
            no space left.
    """
    (out / STILLS_FOLDER).mkdir(parents=True, exist_ok=True)
    extent = survey(media, settings.longest_hold)

    def told(count: int) -> None:
        if progress is not None:
            progress(float(count / media.fps))

    on_gpu = settings.hardware == "auto" and can_decode_on_gpu()
    run = _on_gpu(media, out, settings, extent, told) if on_gpu else None
    if run is None:
        graph = _pass(Reading(media, extent.breaks), settings, extent.frames)
        run = _run(graph, media, out, settings, told)
    frames = _size(out / FRAMES_FILE) // _FRAME_BYTES
    if frames == 0:
        raise ReelfindError(
            f"{media.path}: no picture could be decoded ({run.cause}); "
            "check that it plays, or copy it here again"
        )
    samples = _size(out / AUDIO_FILE) // 2
    if samples == 0:
        (out / AUDIO_FILE).unlink(missing_ok=True)
    damaged = _damage(media, frames, samples, extent, run)
    return Decoded(frames, samples, damaged, extent.breaks)


def extract_stills(
    media: Media,
    frames: Sequence[int],
    out: Path,
    settings: DecodeSettings,
    breaks: Breaks = UNBROKEN,
) -> None:
    """Write the stills of single frames into ``out``, as ``decode`` would.

    Their names are ``STILL_NAME`` with the frame's number. Each frame takes one seek, a fraction
    of a second however long the film is. Frames that no seek finds are read from the start.

    Raises:
        ReelfindError: a frame could not be decoded, reading takes more memory than it may, or
            there is no space left.
    """
    _extract(
        _Form(STILL_NAME, partial(_still_output, media, settings)),
        media,
        frames,
        out,
        settings,
        breaks,
    )


def extract_pictures(
    media: Media,
    frames: Sequence[int],
    out: Path,
    settings: DecodeSettings,
    breaks: Breaks = UNBROKEN,
) -> None:
    """Write single frames as large as the film shows them, without loss, into ``out``.

    Their names are ``PICTURE_NAME`` with the frame's number; for the rest see ``extract_stills``.
    """
    _extract(
        _Form(PICTURE_NAME, partial(_picture_output, media)), media, frames, out, settings, breaks
    )


def _extract(
    form: _Form,
    media: Media,
    frames: Sequence[int],
    out: Path,
    settings: DecodeSettings,
    breaks: Breaks,
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    missing = [frame for frame in frames if not _sought(form, media, frame, out, settings, breaks)]
    for first in range(0, len(missing), _AT_ONCE):
        wanted = missing[first : first + _AT_ONCE]
        run = _run(_selected(form, Reading(media, breaks), wanted), media, out, settings)
        for frame in wanted:
            if not _size(out / form.name.format(frame)):
                raise ReelfindError(
                    f"{media.path}: frame {frame} could not be decoded ({run.cause}); "
                    "check that it plays, or copy it here again"
                )


def open_frames(out: Path) -> NDArray[np.uint8]:
    """Return the small frames of a decoded film: [n, 27, 48, 3] uint8 RGB, memory-mapped."""
    return open_mapped(out / FRAMES_FILE, np.uint8, *FRAME_SHAPE)


def open_audio(out: Path) -> NDArray[np.int16] | None:
    """Return the sound: [samples] int16, mono, 16 kHz, memory-mapped; None when there is none."""
    if not (out / AUDIO_FILE).exists():
        return None
    return open_mapped(out / AUDIO_FILE, "<i2")


def still_step(media: Media, settings: DecodeSettings) -> int:
    """Return how many frames lie between two stills of the decode pass."""
    return max(1, round(media.fps / settings.stills_per_second))


def still_size(media: Media, settings: DecodeSettings) -> tuple[int, int]:
    """Return a still's width and height in pixels, both even."""
    scale = settings.still_size / min(media.width, media.height)
    return 2 * round(media.width * scale / 2), 2 * round(media.height * scale / 2)


def _on_gpu(
    media: Media,
    out: Path,
    settings: DecodeSettings,
    extent: Extent,
    on_frames: Callable[[int], None],
) -> FfmpegRun | None:
    """Run the pass with pictures decoded by the GPU; if that fails, log a warning and return None.

    Decoders of H.264, HEVC, VP9 and AV1 give the same pictures on every device. Messages about
    the film, such as damage, always come from a run on the processor, so that they are the same.
    """
    reading = Reading(media, extent.breaks, hardware=CUDA)
    # One picture is enough to find out quickly whether the device and its driver can decode it.
    first = film_picture(reading.source, media)
    trial = ffmpeg.output(first, "-", f="null", **{"frames:v": 1})
    for graph in (trial, _pass(reading, settings, extent.frames)):
        run = run_ffmpeg(graph, out, on_frames, settings.memory)
        if run.status != 0 or run.errors:
            break
    else:
        return run
    logger.warning(
        '%s: not decoded on the GPU (%s); decoding on the processor, as decode.hardware = "off" '
        "always does",
        media.path,
        run.cause,
    )
    shutil.rmtree(out / STILLS_FOLDER)  # Any other files are replaced by the next run.
    (out / STILLS_FOLDER).mkdir()
    return None


def _pass(reading: Reading, settings: DecodeSettings, frames: int | None) -> Any:
    media = reading.media
    grid = reading.pictures.filter_multi_output("split", 2)
    # TransNetV2's authors scale bicubically. Averaging areas gave the same boundaries on Big
    # Buck Bunny for a fifth less time of the whole pass.
    small = grid[0].filter("scale", 48, 27, flags="area").filter("format", "rgb24")
    kept = grid[1].filter("select", f"not(mod(n,{still_step(media, settings)}))")
    outputs = [
        ffmpeg.output(small, FRAMES_FILE, f="rawvideo", fps_mode="passthrough"),
        _still_output(media, settings, kept, f"{STILLS_FOLDER}/"),
    ]
    sound = reading.sound
    if sound is not None:
        end = media.duration if frames is None else float(frames / media.fps)
        outputs.append(_sound_output(sound, end, settings.longest_hold))
    return reading.output(*outputs, heard=True)


def _still_output(media: Media, settings: DecodeSettings, stream: Any, folder: str = "") -> Any:
    """Stills named by frame number, which is their timestamp on the grid."""
    # JPEG knows one colour matrix only, that of BT.601.
    scaled = stream.filter("scale", *still_size(media, settings), out_color_matrix="bt601")
    square = scaled.filter("setsar", 1)
    return ffmpeg.output(
        square,
        f"{folder}%08d.jpg",
        f="image2",
        fps_mode="passthrough",
        frame_pts=1,
        **{"q:v": _STILL_QUALITY},
    )


def _picture_output(media: Media, stream: Any) -> Any:
    square = stream.filter("scale", media.width, media.height).filter("setsar", 1)
    return ffmpeg.output(
        square.filter("format", "rgb24"),
        "%08d.png",
        f="image2",
        fps_mode="passthrough",
        frame_pts=1,
    )


def _sound_output(stream: Any, end: float, longest_hold: float) -> Any:
    """The sound of a film whose picture ends after ``end`` seconds; 0 if unknown."""
    timed = stream.filter("atrim", start=0).filter("aresample", SAMPLE_RATE)
    # Before gaps are filled: aresample holds the silence of a whole gap in memory.
    timed = timed.filter("aformat", sample_fmts="s16", channel_layouts="mono")
    if end > 0:
        # Beyond the last picture, sound runs on or has stopped: a jump is a damaged timestamp.
        goes_on = f"lte(t,{end:.6f})+lt(t-prev_selected_t,{longest_hold})"
        timed = timed.filter("aselect", goes_on)
    # Filling and trimming by timestamps keeps sample 0 at time 0, and gaps as silence.
    filled = timed.filter("aresample", SAMPLE_RATE, **{"async": 1}, first_pts=0)
    return ffmpeg.output(filled, AUDIO_FILE, f="s16le")


def _sought(
    form: _Form, media: Media, frame: int, out: Path, settings: DecodeSettings, breaks: Breaks
) -> bool:
    """Write one frame by seeking; return whether it was found."""
    for reading in readings_before(media, breaks, frame):
        _run(_selected(form, reading, [frame]), media, out, settings)
        if _size(out / form.name.format(frame)):
            return True
    return False


def _selected(form: _Form, reading: Reading, frames: Sequence[int]) -> Any:
    """Frames that seeks missed; reading ends with the last of them."""
    chosen = reading.pictures.filter("trim", end_pts=max(frames) + 1)
    chosen = chosen.filter("select", "+".join(f"eq(pts,{frame})" for frame in frames))
    return reading.output(form.output(chosen), heard=False)


def _run(
    graph: Any,
    media: Media,
    out: Path,
    settings: DecodeSettings,
    on_frames: Callable[[int], None] | None = None,
) -> FfmpegRun:
    run = run_ffmpeg(graph, out, on_frames, settings.memory)
    if run.disk_full:
        raise ReelfindError(f"{out}: no space left on the disk; free some and index again")
    if run.out_of_memory:
        raise ReelfindError(run.too_much_memory(media.path, settings.memory))
    return run


def _damage(media: Media, frames: int, samples: int, extent: Extent, run: FfmpegRun) -> str | None:
    """Describe missing picture. Sound that continues after the picture is not damage."""
    seconds = float(frames / media.fps)
    if run.status != 0 or run.errors:
        return f"decoded {seconds:.1f} s with errors: {run.cause}"
    end = float(media.picture_start) + max(seconds, samples / SAMPLE_RATE)
    if extent.frames is not None and frames < extent.frames - _LATE * media.fps:
        claim = float(extent.frames / media.fps)
    elif (end if extent.end is None else extent.end) < media.duration - _LATE:
        claim = media.duration
    else:
        return None
    return f"ends after {seconds:.1f} s of the {claim:.1f} s it claims"


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
