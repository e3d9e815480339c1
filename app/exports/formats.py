"""The formats that a shortlist is exported to: each is one record of ``FORMATS``.

Lists of ad breaks have theirs in ``app.ads.formats``.

Command line, API, client and page take their names, endings and labels from here. What writes a
format is imported when it is used, so that ``reelfind --help`` need not load it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from app.exports.records import ExportError
from encoder.atomic import new_file
from indexer.limits import MEMORY

if TYPE_CHECKING:
    from app.exports.cut import Cut
    from app.exports.reel import ReelOptions


Content = TypeVar("Content")


@dataclass(frozen=True)
class Format(Generic[Content]):
    """A format of text for a cut, or for a list of breaks.

    Args:
        name: what the API calls it.
        suffix: the ending of its files, without the dot; the command line calls it by that.
        media_type: of its files.
        label: its name for people.
        write: returns what is exported in this format, with ``\\n`` at line ends; raises
            ``ExportError`` where the format cannot hold it.
        newline: the line end of its files.
    """

    name: str
    suffix: str
    media_type: str
    label: str
    write: Callable[[Content], str]
    newline: str = "\n"

    def content(self, exported: Content) -> bytes:
        """Return the file, in UTF-8.

        Raises:
            ExportError: the format cannot hold what is exported.
        """
        return self.write(exported).replace("\n", self.newline).encode()


def _otio(cut: "Cut") -> str:
    from app.exports.otio import otio_text

    return otio_text(cut)


def _edl(cut: "Cut") -> str:
    from app.exports.edl import edl_text

    return edl_text(cut)


def _fcp7(cut: "Cut") -> str:
    from app.exports.fcp7 import fcp7_text

    return fcp7_text(cut)


def _fcpxml(cut: "Cut") -> str:
    from app.exports.fcpxml import fcpxml_text

    return fcpxml_text(cut)


def _csv(cut: "Cut") -> str:
    from app.exports.table import csv_text

    return csv_text(cut)


FORMATS: "tuple[Format[Cut], ...]" = (
    Format("otio", "otio", "application/json", "OpenTimelineIO", _otio),
    Format("edl", "edl", "text/plain", "EDL (CMX 3600)", _edl, newline="\r\n"),
    Format("fcp7", "xml", "application/xml", "FCP7 XML (Premiere)", _fcp7),
    Format("fcpxml", "fcpxml", "application/xml", "FCPXML (Final Cut Pro)", _fcpxml),
    Format("csv", "csv", "text/csv", "Table (CSV)", _csv),
)
BY_NAME = {each.name: each for each in FORMATS}
BY_SUFFIX = {each.suffix: each for each in FORMATS}

REEL = "mp4"
"""The ending of a rendered reel, which is written by ``app.exports.reel``."""

SUFFIXES = (*BY_SUFFIX, REEL)
"""The endings of all that can be exported."""

if TYPE_CHECKING:
    FormatName = str
else:
    FormatName = Literal[tuple(BY_NAME)]
"""The name of a format of text, as the API checks it."""


def suffix_named(name: str) -> str:
    """Return the ending that a name such as ``EDL`` stands for.

    Raises:
        ExportError: there is none.
    """
    if name.lower() in SUFFIXES:
        return name.lower()
    raise ExportError(f"format {name}: not known; use one of {', '.join(SUFFIXES)}")


def suffix_of(path: Path) -> str:
    """Return the ending of a file, which says its format.

    Raises:
        ExportError: it says none.
    """
    suffix = path.suffix.removeprefix(".").lower()
    if suffix in SUFFIXES:
        return suffix
    raise ExportError(
        f"{path}: its ending names no format; use one of {', '.join('.' + s for s in SUFFIXES)}, "
        "or say which with --format"
    )


def export(
    cut: "Cut",
    path: Path,
    suffix: str | None = None,
    options: "ReelOptions | None" = None,
    progress: Callable[[float], None] | None = None,
    memory: float = MEMORY,
) -> None:
    """Write a cut to a file, which is replaced only when the new one is whole.

    Args:
        cut: what is exported.
        path: the file to write.
        suffix: one of ``SUFFIXES``, which says the format; None is that of the file.
        options: of a reel; other formats have none.
        progress: of a reel: called with the share that is done, 0 to 1.
        memory: of a reel: GiB that each ffmpeg process may take.

    Raises:
        ExportError: the format cannot hold the cut, or the file cannot be written.
    """
    suffix = suffix or suffix_of(path)
    if suffix == REEL:
        from app.exports.reel import PLAIN, render

        render(cut, path, options or PLAIN, progress, memory)
        return
    save(path, BY_SUFFIX[suffix].content(cut))


def save(path: Path, content: bytes) -> None:
    """Write an exported file, which is replaced only when the new one is whole.

    Raises:
        ExportError: it cannot be written.
    """
    try:
        with new_file(path) as new:
            new.write_bytes(content)
    except OSError as error:
        raise ExportError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error
