"""Text in the picture of a reel: burnt-in source timecode, and a slate before the first clip.

ffmpeg's ``drawtext`` filter writes it, in the typeface that Pillow carries, so that the result
does not depend on the fonts of the machine.
"""

import subprocess
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import ffmpeg  # type: ignore[import-untyped]
from PIL import ImageFont

from app.exports.cut import Cut, Event
from app.exports.rates import rate_words
from app.exports.records import ExportError
from indexer.characters import ascii_letters, one_line
from indexer.ffmpeg import find_ffmpeg
from indexer.timecode import nominal_rate

SLATE_SECONDS = 3
"""Length of the slate, in seconds of the sequence's timecode."""

_COLUMNS = 28
"""Letters that fit on a line of the slate where the picture is square."""

_FONT = "typeface.ttf"
_BOX = {"box": 1, "boxcolor": "black@0.6", "boxborderw": 6}


@cache
def can_write_text() -> bool:
    """Return whether ffmpeg has the filter that writes text."""
    command = [find_ffmpeg(), "-hide_banner", "-filters"]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return " drawtext " in listed.stdout


def prepare(folder: Path) -> None:
    """Put the typeface into the folder where ffmpeg runs.

    Raises:
        ExportError: ffmpeg or Pillow is built without what it takes.
    """
    if not can_write_text():
        raise ExportError(
            f"{find_ffmpeg()}: is built without the filter drawtext; leave out the burnt-in "
            "timecode and the slate, or install the package imageio-ffmpeg"
        )
    font = ImageFont.load_default(size=16)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise ExportError(
            "Pillow: is built without FreeType; leave out the burnt-in timecode and the slate"
        )
    (folder / _FONT).write_bytes(font.font_bytes)


def burn_timecode(stream: Any, event: Event, height: int) -> Any:
    """Write each frame's source timecode at the bottom; frame 0 of the stream is the first."""
    return stream.filter(
        "drawtext",
        fontfile=_FONT,
        fontsize=max(12, height // 18),
        fontcolor="white",
        timecode=event.timecode_in,
        timecode_rate=f"{event.media.fps.numerator}/{event.media.fps.denominator}",
        x="(w-text_w)/2",
        y="h-2*text_h",
        **_BOX,
    )


def slate_frames(cut: Cut) -> int:
    """Return the slate's length, in frames of the sequence."""
    return SLATE_SECONDS * nominal_rate(cut.fps)


def slate(cut: Cut, folder: Path) -> Any:
    """Return a stream of black frames with the shortlist's name, length and rate."""
    rate = f"{cut.fps.numerator}/{cut.fps.denominator}"
    black = ffmpeg.input(f"color=black:size={cut.width}x{cut.height}:rate={rate}", f="lavfi")
    counting = "drop-frame" if cut.drop_frame else "non-drop-frame"
    lines = [
        *textwrap.wrap(
            ascii_letters(one_line(cut.name)), max(10, _COLUMNS * cut.width // cut.height)
        ),
        f"clips: {len(cut.events)}, {float(cut.frames / cut.fps):.2f} s ({cut.frames} frames)",
        f"{rate_words(cut.fps)} frames a second, {counting}",
        f"starts at {cut.start_timecode}",
    ]
    # In a file, where no letter has a meaning to ffmpeg.
    (folder / "slate.txt").write_text("\n".join(lines), encoding="utf-8")
    return black.filter(
        "drawtext",
        fontfile=_FONT,
        fontsize=max(12, cut.height // 16),
        fontcolor="white",
        textfile="slate.txt",
        expansion="none",
        line_spacing=max(4, cut.height // 40),
        x="(w-text_w)/2",
        y="(h-text_h)/2",
    )
