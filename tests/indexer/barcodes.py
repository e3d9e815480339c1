"""Films whose pictures are numbered, in the containers that time their pictures differently.

Picture ``n`` shows ``n`` as sixteen bars, the highest bit first, which can be read from any film.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

SIZE = (192, 108)
COUNT = 150
BITS = 16

_BAR = SIZE[0] // BITS
_SOUND = ("-f", "lavfi", "-t", "6", "-i", "sine=frequency=440:sample_rate=48000")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "2", "-pix_fmt", "yuv420p")
_MPEG2 = ("-c:v", "mpeg2video", "-b:v", "2M", "-g", "12", "-bf", "2", "-pix_fmt", "yuv420p")
_AS_TIMED = ("-fps_mode", "passthrough")


def ffmpeg(*arguments: str | Path) -> Path:
    """Run ffmpeg; the last argument is the file to make."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return Path(arguments[-1])


def numbered(
    folder: Path, first: int = 0, count: int = COUNT, rate: str = "25"
) -> tuple[str | Path, ...]:
    """Return ffmpeg's input of a film of pictures numbered from ``first``."""
    raw = folder / f"{first}-{count}.gray"
    bits = (np.arange(first, first + count)[:, None] >> np.arange(BITS)[::-1]) & 1
    lines = np.repeat(16 + 219 * bits, _BAR, axis=1).astype(np.uint8)
    np.repeat(lines[:, None], SIZE[1], axis=1).tofile(raw)
    size = f"{SIZE[0]}x{SIZE[1]}"
    return "-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-framerate", rate, "-i", raw


def numbers(pictures: NDArray[np.uint8]) -> list[int]:
    """Read the numbers of pictures: [n, height, width, 3], of any size."""
    height, width = pictures.shape[1:3]
    columns = ((np.arange(BITS) + 0.5) * width / BITS).astype(int)
    bars = pictures[:, height // 4 : height // 2].mean(axis=(1, 3))[:, columns] > 125
    return [int(number) for number in bars @ (1 << np.arange(BITS)[::-1])]


def _late(ending: str, seconds: float, *codec: str) -> Callable[[Path], Path]:
    """A film whose sound begins before its picture."""

    def make(folder: Path) -> Path:
        film = ("-itsoffset", str(seconds), *numbered(folder), *_SOUND)
        both = ("-map", "0:v", "-map", "1:a", *_AS_TIMED, *codec)
        return ffmpeg(*film, *both, folder / ending)

    return make


def _timed(ending: str, seconds: str, *codec: str) -> Callable[[Path], Path]:
    """A silent film whose picture N is shown at an expression's value."""

    def make(folder: Path) -> Path:
        times = ("-vf", f"settb=1/90000,setpts='round(({seconds})*90000)'", *_AS_TIMED)
        own = (*times, "-enc_time_base", "1:90000", *codec)
        return ffmpeg(*numbered(folder), *own, folder / ending)

    return make


def _joined(folder: Path) -> Path:
    """Two broadcasts put together byte by byte: the clock begins again."""
    parts = []
    for first in (0, COUNT):
        codec = (*_SOUND, *_H264, "-c:a", "aac", "-shortest")
        film = ffmpeg(*numbered(folder, first), *codec, folder / f"{first}.ts")
        parts.append(film.read_bytes())
    (folder / "joined.ts").write_bytes(b"".join(parts))
    return folder / "joined.ts"


def _remuxed(folder: Path) -> Path:
    """An MP4 at 24000/1001 put into Matroska: the picture is 21 ms late, half a frame."""
    sound = (*_SOUND, "-map", "0:v", "-map", "1:a", "-c:a", "aac")
    film = numbered(folder, rate="24000/1001")
    made = ffmpeg(*film, *sound, *_H264, folder / "film.mp4")
    return ffmpeg("-i", made, "-c", "copy", folder / "remuxed.mkv")


def _steady(ending: str, rate: str, *codec: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return ffmpeg(*numbered(folder, rate=rate), *codec, folder / ending)

    return make


FILMS: dict[str, Callable[[Path], Path]] = {
    "mkv late": _late("late.mkv", 0.5, *_H264, "-c:a", "aac"),
    "ts late": _late("late.ts", 0.5, *_H264, "-c:a", "aac"),
    "vob late": _late("late.vob", 0.7, *_MPEG2, "-c:a", "mp2"),
    "mp4 late": _late("late.mp4", 0.3, *_H264, "-c:a", "aac"),
    "flv": _late("film.flv", 0.0, *_H264, "-c:a", "aac"),
    "remuxed": _remuxed,
    "avi": _steady("film.avi", "25", *_H264),
    "bare": _steady("film.h264", "25", *_H264),
    "jitter": _timed("jitter.mp4", "N*1001/30000+0.006*sin(N*1.7)", *_H264),
    "telecine": _timed("telecine.ts", "floor((5*N+1)/2)*1001/60000", *_H264),
    "gap": _timed("gap.mkv", "N/25+gte(N,87)*3600.013", *_H264),
    "joined": _joined,
    "midnight": _steady("midnight.mxf", "25", *_MPEG2, "-timecode", "23:59:57:00"),
    "23.976": _steady("film.mp4", "24000/1001", *_H264, "-timecode", "01:00:00:00"),
    "25": _steady("film.mp4", "25", *_H264, "-timecode", "10:00:00:00"),
    "29.97 drop": _steady("film.mp4", "30000/1001", *_H264, "-timecode", "00:59:58;00"),
}
"""What makes each film in a folder."""


def shown(kind: str) -> list[int]:
    """Return the numbers that a film shows on its grid."""
    if kind == "joined":
        return list(range(2 * COUNT))
    if kind == "telecine":  # four pictures on five frames; half a frame counts up
        places = [((5 * number + 1) // 2 + 1) // 2 for number in range(COUNT)]
        return [max(n for n in range(COUNT) if places[n] <= at) for at in range(places[-1] + 1)]
    return list(range(COUNT))
