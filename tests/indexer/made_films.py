"""Films of ffmpeg's own making, and what is in them."""

from fractions import Fraction
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.ffmpeg import run_ffmpeg
from indexer.records import AudioTrack, Media


def about(
    path: Path,
    fps: Fraction = Fraction(25),
    size: tuple[int, int] = (320, 180),
    duration: float = 0.0,
    sound: tuple[AudioTrack, ...] = (),
) -> Media:
    return Media(path, "", 0, fps, False, duration, None, *size, "h264", sound)


def pictures(fps: Fraction, frames: int, size: str = "320x180") -> ffmpeg.nodes.Stream:
    rate = f"{fps.numerator}/{fps.denominator}"
    made = ffmpeg.input(f"testsrc2=size={size}:rate={rate}", f="lavfi")
    return made.filter("trim", end_frame=frames).filter("format", "yuv420p")


def write(folder: Path, name: str, *streams: ffmpeg.nodes.Stream, **options: object) -> Path:
    codec = {"vcodec": "libx264", "preset": "ultrafast", "g": 12} if name.endswith("mp4") else {}
    run = run_ffmpeg(ffmpeg.output(*streams, name, **{**codec, **options}), folder)
    assert run.status == 0, run.errors
    return folder / name


def counted(fps: Fraction, frames: int, first: int = 0) -> ffmpeg.nodes.Stream:
    """Frame i is grey of the level 16 * ((first + i) % 16), in RGB so that nothing is rounded."""
    rate = f"{fps.numerator}/{fps.denominator}"
    black = ffmpeg.input(f"color=black:size=64x36:rate={rate}", f="lavfi").filter("format", "gbrp")
    level = f"16*mod(N+{first},16)"
    return black.filter("geq", r=level, g=level, b=level).filter("trim", end_frame=frames)


def frame_numbers(frames: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Read what ``counted`` painted, modulo 16."""
    numbers: NDArray[np.int64] = np.rint(frames.mean(axis=(1, 2, 3)) / 16).astype(np.int64)
    return numbers


def picture(path: Path) -> NDArray[np.int16]:
    """Read a still: [height, width, 3]."""
    with Image.open(path) as image:
        return np.asarray(image, np.int16)
