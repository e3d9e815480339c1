"""The formats of hand-over, by the ending of the file to write."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, get_args

from app.exports.cut import Cut
from app.exports.edl import edl_text
from app.exports.fcp7 import fcp7_text
from app.exports.fcpxml import fcpxml_text
from app.exports.otio import otio_text
from app.exports.records import ExportError
from app.exports.reel import PLAIN, ReelOptions, render
from app.exports.table import csv_text
from encoder.atomic import new_file
from indexer.limits import MEMORY

Format = Literal["otio", "edl", "xml", "fcpxml", "csv", "mp4"]
"""OpenTimelineIO, CMX 3600, Final Cut Pro 7 XML, FCPXML, a table, and a rendered reel."""

FORMATS: tuple[Format, ...] = get_args(Format)

TEXTS: Mapping[Format, Callable[[Cut], str]] = {
    "otio": otio_text,
    "edl": edl_text,
    "xml": fcp7_text,
    "fcpxml": fcpxml_text,
    "csv": csv_text,
}
"""What writes each format but the reel."""


def format_named(name: str) -> Format:
    """Return the format of a name, such as ``edl``.

    Raises:
        ExportError: there is none.
    """
    for each in FORMATS:
        if name.lower() == each:
            return each
    raise ExportError(f"format {name}: not known; use one of {', '.join(FORMATS)}")


def format_of(path: Path) -> Format:
    """Return the format that a file's ending says.

    Raises:
        ExportError: it says none.
    """
    ending = path.suffix.removeprefix(".").lower()
    for each in FORMATS:
        if ending == each:
            return each
    raise ExportError(
        f"{path}: its ending names no format; use one of {', '.join('.' + f for f in FORMATS)}, "
        "or say which with --format"
    )


def encoded(text: str, form: Format) -> bytes:
    """Return what is written to a file: UTF-8, with the line ends that the format asks for."""
    return text.replace("\n", "\r\n" if form == "edl" else "\n").encode()


def export(
    cut: Cut,
    path: Path,
    form: Format | None = None,
    options: ReelOptions = PLAIN,
    progress: Callable[[float], None] | None = None,
    memory: float = MEMORY,
) -> None:
    """Write a cut to a file, which is replaced only when the new one is whole.

    Args:
        cut: what is handed over.
        path: the file to write.
        form: its format; None is what the ending says.
        options: of a reel; other formats have none.
        progress: of a reel: called with the share that is done, 0 to 1.
        memory: of a reel: GiB that each ffmpeg process may take.

    Raises:
        ExportError: the format cannot hold the cut, or the file cannot be written.
    """
    form = form or format_of(path)
    if form == "mp4":
        render(cut, path, options, progress, memory)
        return
    text = TEXTS[form](cut)
    try:
        with new_file(path) as new:
            new.write_bytes(encoded(text, form))
    except OSError as error:
        raise ExportError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error
