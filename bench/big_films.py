"""Films as large and as long as real ones, made of a given one and kept for the next run."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg  # type: ignore[import-untyped]

from indexer.ffmpeg import file_input, find_ffmpeg, run_ffmpeg
from indexer.probe import probe

SECONDS = 180
LONG = 7200
GRAIN = 8
"""Strength of the noise that is laid over an enlarged picture, as film has it: without it there
would be nothing to decode in most blocks."""

CODERS: dict[str, dict[str, Any]] = {
    "h264": {"vcodec": "libx264", "preset": "veryfast", "video_bitrate": "8M"},
    "hevc": {"vcodec": "libx265", "preset": "veryfast", "video_bitrate": "5M"},
}
"""Bit rates between those of streams and of discs."""


def full_hd(film: Path, codec: str, folder: Path) -> Path:
    """Return the first three minutes of ``film`` as 1080p, with grain, in ``codec``."""
    made = folder / f"{film.stem}_1080p_{codec}.mp4"
    source = file_input(film, t=SECONDS)
    large = source["v"].filter("scale", 1920, 1080, flags="lanczos").filter("setsar", 1)
    grainy = large.filter("noise", alls=GRAIN, allf="t").filter("format", "yuv420p")
    return _made(made, grainy, source["a"], acodec="copy", **CODERS[codec])


def long_film(film: Path, folder: Path, seconds: float = LONG) -> Path:
    """Return ``film`` over and over until it is ``seconds`` long, copied without encoding."""
    times = round(Fraction(seconds) / Fraction(probe(film).duration))
    made = folder / f"{film.stem}_{times}_times.mp4"
    source = file_input(film, stream_loop=times - 1)
    return _made(made, source["v"], source["a"], c="copy")


def megabits(film: Path) -> float:
    """Return the bit rate of a film, in megabits a second."""
    return film.stat().st_size * 8 / 1e6 / probe(film).duration


def plain_decode(film: Path) -> list[str]:
    """Return the command with which ffmpeg decodes picture and sound and drops both."""
    return [find_ffmpeg(), "-v", "error", "-nostdin", "-i", str(film), "-f", "null", "-"]


def _made(film: Path, *streams: Any, **options: Any) -> Path:
    if not film.is_file():
        film.parent.mkdir(parents=True, exist_ok=True)
        unfinished = film.with_name(f"unfinished-{film.name}")
        run = run_ffmpeg(ffmpeg.output(*streams, unfinished.name, **options), film.parent)
        if run.status:
            raise SystemExit(f"{film}: cannot be made ({run.cause})")
        unfinished.rename(film)
    return film
