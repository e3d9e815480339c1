"""The formats that a shortlist is exported to: each is one record of ``FORMATS``.

Lists of ad breaks have theirs in ``app.ads.formats``.

Command line, API, client and page take their names, endings and labels from here. What writes a
format is imported when it is used, so that ``reelfind --help`` need not load it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from app.exports.records import ExportError
from encoder.atomic import new_file
from indexer.limits import MEMORY

if TYPE_CHECKING:
    from app.exports.delivery import Delivery
    from app.exports.reel import ReelOptions


Content = TypeVar("Content")
Group = Literal["Editing systems", "Bins and subtitles", "Sign-off and tables"]


def _anything(exported: object) -> None:
    """Take whatever is exported."""
    del exported


@dataclass(frozen=True)
class Format(Generic[Content]):
    """A format for a cut, or for a list of breaks.

    Args:
        name: what the API calls it.
        suffix: the ending of its files, without the dot; the command line calls it by that.
        media_type: of its files.
        label: its name for people.
        write: returns what is exported in this format: a text with ``\\n`` at line ends, or bytes;
            raises ``ExportError`` where the format cannot hold it.
        newline: the line end of its texts.
        group: where lists of formats show it.
        how: how to import it, for people.
        check: raises ``ExportError`` as ``write`` would, at once.
        has_pictures: its files hold stills, for people to look at.
    """

    name: str
    suffix: str
    media_type: str
    label: str
    write: Callable[[Content], str | bytes]
    newline: str = "\n"
    group: Group = "Sign-off and tables"
    how: str = ""
    check: Callable[[Content], None] = _anything
    has_pictures: bool = False

    @property
    def is_text(self) -> bool:
        """Whether programs read its files as text."""
        return self.media_type.startswith("text/") or self.media_type.endswith(("json", "xml"))

    def content(self, exported: Content) -> bytes:
        """Return the file; texts in UTF-8.

        Raises:
            ExportError: the format cannot hold what is exported.
        """
        written = self.write(exported)
        if isinstance(written, bytes):
            return written
        return written.replace("\n", self.newline).encode()


def _from(module: str, function: str) -> Callable[["Delivery"], Any]:
    """Return a function of a module beside this one, which is imported when it is called."""

    def call(delivery: "Delivery") -> Any:
        return getattr(import_module(f"app.exports.{module}"), function)(delivery)

    return call


FORMATS: "tuple[Format[Delivery], ...]" = (
    Format(
        *("aaf", "aaf", "application/octet-stream", "AAF (Avid)"),
        _from("aaf", "aaf_bytes"),
        group="Editing systems",
        how="Media Composer: open a bin, then File > Input > Import Media.",
        check=_from("aaf", "check"),
    ),
    Format(
        *("fcp7", "xml", "application/xml", "FCP7 XML (Premiere)"),
        _from("fcp7", "fcp7_text"),
        group="Editing systems",
        how="Premiere Pro: File > Import. Resolve: File > Import > Timeline.",
        check=_from("fcp7", "check_rates"),
    ),
    Format(
        *("fcpxml", "fcpxml", "application/xml", "FCPXML (Final Cut Pro)"),
        _from("fcpxml", "fcpxml_text"),
        group="Editing systems",
        how="Final Cut Pro: File > Import > XML. Resolve: File > Import > Timeline.",
    ),
    Format(
        *("otio", "otio", "application/json", "OpenTimelineIO"),
        _from("otio", "otio_text"),
        group="Editing systems",
        how="Resolve: File > Import > Timeline. Scripts: opentimelineio reads it.",
    ),
    Format(
        *("edl", "edl", "text/plain", "EDL (CMX 3600)"),
        _from("edl", "edl_text"),
        newline="\r\n",
        group="Editing systems",
        how="Resolve: File > Import > Timeline. Premiere Pro: File > Import. Media Composer: "
        "Tools > List Tool.",
        check=_from("edl", "check_events"),
    ),
    Format(
        *("ale", "ale", "text/plain", "ALE (Avid bin)"),
        _from("ale", "ale_text"),
        newline="\r\n",
        group="Bins and subtitles",
        how="Media Composer: open a bin, then File > Input > Import Media: a clip for each item, "
        "to be relinked by tape and timecode.",
        check=_from("ale", "check"),
    ),
    Format(
        *("srt", "srt", "application/x-subrip", "Subtitles (SRT)"),
        _from("subtitles", "srt_text"),
        group="Bins and subtitles",
        how="Premiere Pro and Resolve: import it and drag it to the start of the sequence. "
        "Players: put it beside the reel, with the same name.",
        check=_from("subtitles", "check"),
    ),
    Format(
        *("vtt", "vtt", "text/vtt", "Subtitles (WebVTT)"),
        _from("subtitles", "vtt_text"),
        group="Bins and subtitles",
        how="Web players: name it in a track element of the reel.",
        check=_from("subtitles", "check"),
    ),
    Format(
        *("sheet", "html", "text/html", "Contact sheet (HTML)"),
        _from("contact_sheet", "html_text"),
        how="Open it in any browser, offline too; print it to paper or PDF.",
        has_pictures=True,
    ),
    Format(
        *("stills", "zip", "application/zip", "Stills and table (ZIP)"),
        _from("stills_zip", "zip_bytes"),
        how="The first and last frame of each item as JPEG, and a CSV that names them.",
        has_pictures=True,
    ),
    Format(
        *("csv", "csv", "text/csv", "Table (CSV)"),
        _from("table", "csv_text"),
        how="Spreadsheets and scripts: one row for each item, Out is exclusive.",
    ),
)
BY_NAME = {each.name: each for each in FORMATS}
BY_SUFFIX = {each.suffix: each for each in FORMATS}

REEL = "mp4"
"""The ending of a rendered reel, which is written by ``app.exports.reel``."""

SUFFIXES = (*BY_SUFFIX, REEL)
"""The endings of all that can be exported."""

if TYPE_CHECKING:
    FormatName = str
    TextFormatName = str
else:
    FormatName = Literal[tuple(BY_NAME)]
    TextFormatName = Literal[tuple(x.name for x in FORMATS if x.is_text and not x.has_pictures)]
"""The name of a format, as the API checks it; and of one that programs read as text."""


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
    delivery: "Delivery",
    path: Path,
    suffix: str | None = None,
    options: "ReelOptions | None" = None,
    progress: Callable[[float], None] | None = None,
    memory: float = MEMORY,
) -> None:
    """Write a cut to a file, which is replaced only when the new one is whole.

    Args:
        delivery: what is exported.
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

        render(delivery.cut, path, options or PLAIN, progress, memory)
        return
    save(path, BY_SUFFIX[suffix].content(delivery))


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
