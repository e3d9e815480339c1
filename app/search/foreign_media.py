"""Converts uploaded media to a file that is safe to open, by ffmpeg within limits.

Uploaded media is opened by one child process only, which reads one file, without network and
playlists, within limits of memory, time and disk. Everything else opens the child's output:
MPEG-4 pictures and plain samples in Matroska, at the size and rate of the input.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from indexer.containers import CONTAINERS, reading_options
from indexer.errors import ReelfindError
from indexer.ffmpeg import find_ffmpeg
from indexer.limits import IN_BACKGROUND, MEMORY, Limits, limited

SECONDS = 60
"""Of processor time, and of the clock."""
WRITTEN = 512 * 2**20
"""Bytes of what is written."""
SHORT_SIDE = 504
"""Pixels: twice that of the stills that films are embedded by."""
MOST_PIXELS = 50_000_000
"""Of a frame, as of a still that is sent."""

_SCALE = (
    f"scale=w='if(gt(iw,ih),-2,min({SHORT_SIDE},iw))':h='if(gt(iw,ih),min({SHORT_SIDE},ih),-2)'"
)


class ForeignMediaError(ReelfindError):
    """An upload cannot be read as media, or takes too much to read."""


def make_safe(
    sent: Path,
    safe: Path,
    longest: float,
    containers: Sequence[str] = CONTAINERS,
    memory: float = MEMORY,
) -> None:
    """Write the first ``longest`` seconds of ``sent`` to ``safe``, a Matroska file.

    Raises:
        ForeignMediaError: it is no media, has no picture, or takes more than the limits; in words
            that tell nothing of this machine.
    """
    command = [find_ffmpeg()]
    command += ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y"]
    command += [
        part for name, value in reading_options(containers).items() for part in (f"-{name}", value)
    ]
    command += ["-threads", "2"]
    command += ["-max_pixels", str(MOST_PIXELS)]
    command += ["-i", f"file:{sent}", "-t", f"{longest:g}"]
    command += ["-map", "0:V", "-map", "0:a:0?", "-map_metadata", "-1", "-sn", "-dn"]
    command += ["-vf", f"{_SCALE},setsar=1,format=yuv420p", "-fpsmax", "60"]
    command += ["-c:v", "mpeg4", "-q:v", "3", "-c:a", "pcm_s16le", "-ac", "1", "-ar", "16000"]
    command += ["-f", "matroska", f"file:{safe}"]
    try:
        done = subprocess.run(
            # Low priority, so that searches come first.
            limited(command, Limits(memory, SECONDS, WRITTEN, nice=10)),
            cwd=safe.parent,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            creationflags=IN_BACKGROUND,
        )
    except subprocess.TimeoutExpired as error:
        raise ForeignMediaError(f"takes longer than {SECONDS} s to decode; send less") from error
    if done.returncode != 0 or not safe.is_file() or not safe.stat().st_size:
        raise ForeignMediaError(
            "cannot be decoded as a film; send a media file with moving pictures, such as MP4, "
            "WebM or MOV"
        )


def _environment() -> dict[str, str]:
    """Return nothing of this process's own, but for where Windows keeps its libraries."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {"LC_ALL": "C"} | kept
