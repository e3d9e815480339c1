"""Finds ffmpeg, runs it, ends it, and explains its failures."""

import os
import re
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from threading import Thread
from typing import IO, Any

import ffmpeg  # type: ignore[import-untyped]
import imageio_ffmpeg  # type: ignore[import-untyped]

from indexer.characters import clean
from indexer.containers import CONTAINERS, reading_options
from indexer.errors import ReelfindError
from indexer.limits import MEMORY, Limits, limited
from indexer.records import Media
from indexer.relay import LOCAL, check_reads, film_address

_ERROR_LINES = 20
_NO_MEMORY = ("Cannot allocate memory", "Resource temporarily unavailable")
_PROGRESS = re.compile(r"frame=\s*(\d+)")
_PREFIX = re.compile(r"^(?:\[[^\]]* @ 0x[0-9a-f]+\]\s*)+")


@dataclass(frozen=True)
class FfmpegRun:
    """The end of a run: its exit status and its last error lines, oldest first."""

    status: int
    errors: tuple[str, ...]

    @property
    def cause(self) -> str:
        """The oldest of the error lines, which is closest to the cause."""
        return self.errors[0] if self.errors else f"ffmpeg ended with status {self.status}"

    @property
    def disk_full(self) -> bool:
        """Whether writing failed on a full disk."""
        return any("No space left on device" in line for line in self.errors)

    @property
    def out_of_memory(self) -> bool:
        """Whether it ran out of memory, or the system killed it for that."""
        refused = any(words in line for line in self.errors for words in _NO_MEMORY)
        # Without memory, a decoder goes on, and aresample leaves out silence that it cannot
        # hold, after which all sound is in the wrong place.
        unfilled = any("Failed to compensate for timestamp" in line for line in self.errors)
        return (refused and self.status != 0) or unfilled or self.status == -9

    def too_much_memory(self, path: Path, memory: float) -> str:
        """Return the error of a film that takes more than ``memory`` GiB to read."""
        return (
            f"{path}: reading it takes more than the {memory:g} GiB of memory that ffmpeg may have "
            "(decode.memory); check that it plays, copy it here again, or raise the limit"
        )


@cache
def find_ffmpeg() -> str:
    """Return the path of the newer ffmpeg: the one in the wheel or the system's.

    Raises:
        ReelfindError: there is none.
    """
    candidates = [path for path in (_wheel_ffmpeg(), shutil.which("ffmpeg")) if path]
    if not candidates:
        raise ReelfindError("ffmpeg: not found; install the package imageio-ffmpeg or ffmpeg")
    return max(candidates, key=ffmpeg_version)


def ffmpeg_version(path: str) -> tuple[int, ...]:
    """Return the release of the program at ``path``; (0,) if it reports none or does not run."""
    try:
        said = subprocess.run(
            [path, "-version"], capture_output=True, encoding="utf-8", errors="replace", check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    match = re.match(r"ffmpeg version n?(\d+(?:\.\d+)*)", said.stdout)
    return tuple(int(part) for part in match[1].split(".")) if match else (0,)


def file_input(path: Path, containers: Iterable[str] = CONTAINERS, **options: Any) -> Any:
    """Return an ffmpeg-python input that reads one film only, whatever its name or content.

    A playlist in disguise cannot make ffmpeg open other files, or addresses on the network.

    Raises:
        ReelfindError: it is no regular file, or not there.
    """
    if not path.is_file():
        raise ReelfindError(f"{path}: not a file, or no longer there; put the film back")
    address, protocols = film_address(path.resolve())
    name = f"file:{address}" if protocols == LOCAL else address
    # ffmpeg-python fails at a name that is no text, and passes bytes on as they are.
    given = name if clean(name) == name else os.fsencode(name)
    return ffmpeg.input(given, **reading_options(containers, protocols), **options)


def film_picture(source: Any, media: Media) -> Any:
    """Return the title's video stream of an input."""
    return source["V:0" if media.video_stream is None else str(media.video_stream)]


def film_sound(source: Any, media: Media) -> Any | None:
    """Return the title's sound of an input, several tracks mixed into one; None without sound."""
    tracks = [source[str(track.index)] for track in media.heard]
    if len(tracks) < 2:
        return tracks[0] if tracks else None
    mixed = ffmpeg.filter(tracks, "amix", inputs=len(tracks), duration="longest", normalize=0)
    # Keeps the power of different sounds; a mean would make one among silent tracks faint.
    return mixed.filter("volume", f"{len(tracks) ** -0.5:.6f}")


def first_timestamp(path: Path, containers: Iterable[str], stream: int) -> Fraction:
    """Return the timestamp in seconds that ffmpeg gives a stream's first picture; 0 without one."""
    shown = file_input(path, containers)[str(stream)].filter("showinfo")
    graph = ffmpeg.output(shown, "-", f="null", **{"frames:v": 1}).global_args("-copyts")
    command = ffmpeg.compile(graph.global_args("-hide_banner", "-nostdin"), cmd=find_ffmpeg())
    began = time.monotonic()
    said = subprocess.run(
        limited(command, Limits()),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    check_reads(command, began)
    match = re.search(r"pts_time:\s*(-?[\d.]+)", said.stderr)
    return Fraction(match[1]) if match else Fraction(0)


def run_ffmpeg(
    graph: Any,
    folder: Path,
    on_frames: Callable[[int], None] | None = None,
    memory: float = MEMORY,
) -> FfmpegRun:
    """Run an ffmpeg-python output graph to its end, with ``folder`` as working directory.

    The child process never outlives the call: any exception, ``KeyboardInterrupt`` or one
    from ``on_frames`` included, ends it first.

    Args:
        graph: what ``ffmpeg.output`` or ``ffmpeg.merge_outputs`` returns; output names are
            relative to ``folder``, existing files are replaced.
        folder: where output goes.
        on_frames: called regularly with the number of frames written of the first video stream.
        memory: GiB that it may use.

    Raises:
        BrokenReadError: a film in an object store could not be read to its end.
    """
    flags = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-progress", "pipe:1")
    command = ffmpeg.compile(graph.global_args(*flags), cmd=find_ffmpeg(), overwrite_output=True)
    began = time.monotonic()
    with _child(limited(command, Limits(memory)), folder) as (process, errors):
        assert process.stdout is not None
        for line in process.stdout:
            match = _PROGRESS.match(line)
            if match and on_frames:
                on_frames(int(match[1]))
        status = process.wait()
    check_reads(command, began)
    return FfmpegRun(status, tuple(errors))


@contextmanager
def _child(
    command: list[str], folder: Path
) -> Iterator[tuple["subprocess.Popen[str]", deque[str]]]:
    """Start a process, collect its last error lines in a thread, and end it on exit."""
    errors: deque[str] = deque(maxlen=_ERROR_LINES)
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stderr is not None
        reader = Thread(target=_gather, args=(process.stderr, errors), daemon=True)
        reader.start()
        try:
            yield process, errors
        finally:
            process.kill()
            process.wait()
            reader.join()


def _gather(lines: IO[str], errors: deque[str]) -> None:
    for line in lines:
        text = _PREFIX.sub("", line).strip()
        if text and not text.startswith("Last message repeated"):
            errors.append(text)


def _wheel_ffmpeg() -> str | None:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return None
