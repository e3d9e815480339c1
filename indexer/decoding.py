"""The one decode pass: a film becomes small frames, stills and sound on one clock.

Time 0 is the start of the file, as a player sees it. Frame ``i`` of the grid is the picture
whose presentation timestamp is nearest to, and not half a frame later than, ``i / fps``
seconds; sample ``s`` of the sound is heard at ``s / 16000`` seconds. ffmpeg writes all three
straight to disk, so memory does not grow with the length of the film.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from indexer.errors import ReelfindError
from indexer.ffmpeg import FfmpegRun, file_input, film_picture, film_sound, run_ffmpeg
from indexer.records import Media
from indexer.settings import DecodeSettings

FRAMES_FILE = "frames.u8"
AUDIO_FILE = "audio.s16"
STILLS_FOLDER = "stills"
STILL_NAME = "{:08d}.jpg"

FRAME_SHAPE = (27, 48, 3)
"""Height, width and RGB of the small frames: what TransNetV2 was trained on."""

SAMPLE_RATE = 16_000

_FRAME_BYTES = 27 * 48 * 3
_STILL_QUALITY = 3
_LATE = 1.5
"""Seconds that a film may fall short of its container's claim without being called damaged."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decode pass found: its files are described by ``decode``.

    ``damaged`` says, for people, why less than the whole file may have been decoded.
    """

    frame_count: int
    audio_samples: int
    damaged: str | None


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
        media: what the container says of itself.
        out: made when it is not there.
        settings: rate and size of the stills.
        progress: told how many seconds of film have been decoded.

    Raises:
        ReelfindError: no frame could be decoded, or there is no space left.
    """
    (out / STILLS_FOLDER).mkdir(parents=True, exist_ok=True)
    run = run_ffmpeg(_pass(media, settings), out, progress)
    if run.disk_full:
        raise ReelfindError(f"{out}: no space left on the disk; free some and index again")
    frames = _size(out / FRAMES_FILE) // _FRAME_BYTES
    if frames == 0:
        raise ReelfindError(
            f"{media.path}: no picture could be decoded ({run.cause}); "
            "check that it plays, or copy it here again"
        )
    samples = _size(out / AUDIO_FILE) // 2
    if samples == 0:
        (out / AUDIO_FILE).unlink(missing_ok=True)
    return Decoded(frames, samples, _damage(media, frames, run))


def extract_stills(
    media: Media, frames: Sequence[int], out: Path, settings: DecodeSettings
) -> None:
    """Write the stills of single frames into ``out``, as ``decode`` would.

    Their names are ``STILL_NAME`` with the frame's number.

    Each is found by a seek, which costs a fraction of a second however long the film is.

    Raises:
        ReelfindError: a frame could not be decoded, or there is no space left.
    """
    out.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        still = out / STILL_NAME.format(frame)
        for seconds in (float(frame / media.fps), 0.0):  # an index may be wrong: then read all
            run = run_ffmpeg(_single(media, frame, seconds, settings), out)
            if run.disk_full:
                raise ReelfindError(f"{out}: no space left on the disk; free some and index again")
            if _size(still):
                break
        else:
            raise ReelfindError(
                f"{media.path}: frame {frame} could not be decoded ({run.cause}); "
                "check that it plays, or copy it here again"
            )


def open_frames(out: Path) -> NDArray[np.uint8]:
    """Return the small frames of a decoded film: [n, 27, 48, 3] uint8 RGB, memory-mapped."""
    count = _size(out / FRAMES_FILE) // _FRAME_BYTES
    return np.memmap(out / FRAMES_FILE, np.uint8, "r", shape=(count, *FRAME_SHAPE))


def open_audio(out: Path) -> NDArray[np.int16] | None:
    """Return the sound: [samples] int16, mono, 16 kHz, memory-mapped; None when there is none."""
    if not (out / AUDIO_FILE).exists():
        return None
    return np.memmap(out / AUDIO_FILE, "<i2", "r")


def still_step(media: Media, settings: DecodeSettings) -> int:
    """Return how many frames lie between two stills of the decode pass."""
    return max(1, round(media.fps / settings.stills_per_second))


def still_size(media: Media, settings: DecodeSettings) -> tuple[int, int]:
    """Return a still's width and height in pixels, both even."""
    scale = settings.still_size / min(media.width, media.height)
    return 2 * round(media.width * scale / 2), 2 * round(media.height * scale / 2)


def _pass(media: Media, settings: DecodeSettings) -> Any:
    source = file_input(media.path)
    grid = _grid(source, media, start_time=0).filter_multi_output("split", 2)
    # TransNetV2's authors scale bicubically. Averaging areas gave the same boundaries on Big
    # Buck Bunny for a fifth less time of the whole pass.
    small = grid[0].filter("scale", 48, 27, flags="area").filter("format", "rgb24")
    kept = grid[1].filter("select", f"not(mod(n,{still_step(media, settings)}))")
    outputs = [
        ffmpeg.output(small, FRAMES_FILE, f="rawvideo", fps_mode="passthrough"),
        _still_output(kept, media, f"{STILLS_FOLDER}/%08d.jpg", settings, frame_pts=1),
    ]
    sound = film_sound(source, media)
    if sound is not None:
        outputs.append(_sound_output(sound))
    return ffmpeg.merge_outputs(*outputs)


def _grid(source: Any, media: Media, **options: Any) -> Any:
    """The film's picture on the title's frame grid."""
    rate = f"{media.fps.numerator}/{media.fps.denominator}"
    return film_picture(source, media).filter("fps", rate, **options)


def _still_output(
    stream: Any, media: Media, name: str, settings: DecodeSettings, **options: Any
) -> Any:
    # JPEG knows one colour matrix only, that of BT.601.
    scaled = stream.filter("scale", *still_size(media, settings), out_color_matrix="bt601")
    square = scaled.filter("setsar", 1)
    return ffmpeg.output(
        square, name, f="image2", fps_mode="passthrough", **{"q:v": _STILL_QUALITY}, **options
    )


def _sound_output(stream: Any) -> Any:
    # Filling and trimming by timestamps keeps sample 0 at time 0, and gaps as silence.
    timed = stream.filter("aresample", SAMPLE_RATE, **{"async": 1}, first_pts=0)
    mono = timed.filter("aformat", sample_fmts="s16", channel_layouts="mono")
    return ffmpeg.output(mono, AUDIO_FILE, f="s16le")


def _single(media: Media, frame: int, seconds: float, settings: DecodeSettings) -> Any:
    """One frame of the grid. The source's own timestamps are kept, so the grid is the same.

    The seek stops at a key frame and drops nothing: a picture that is held for long may begin
    well before the frame asked for.
    """
    source = file_input(media.path, ss=f"{seconds:.6f}", noaccurate_seek=None)
    stream = _grid(source, media).filter("select", f"gte(pts,{frame})")
    name = STILL_NAME.format(frame)
    output = _still_output(stream, media, name, settings, update=1, **{"frames:v": 1})
    return output.global_args("-copyts", "-start_at_zero")


def _damage(media: Media, frames: int, run: FfmpegRun) -> str | None:
    seconds = float(frames / media.fps)
    if run.status != 0 or run.errors:
        return f"decoded {seconds:.1f} s with errors: {run.cause}"
    if seconds < media.duration - _LATE:
        return f"ends after {seconds:.1f} s of the {media.duration:.1f} s it claims"
    return None


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
