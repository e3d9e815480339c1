"""Timed text beside a film: ``Film.srt``, ``Film.en.vtt``, ``Film.de.forced.srt``."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from indexer.discovery import MEDIA_SUFFIXES
from indexer.errors import ReelfindError
from indexer.languages import short_code
from indexer.records import Line
from indexer.text.encoding import read_decoded
from indexer.text.listing import sidecars_in_folder
from indexer.text.naming import EXTENSIONS, FORCED, folded, has_owner, tags_of
from indexer.text.parsing import parse
from indexer.text.repair import repair
from indexer.text.words import Parsed

SHOWN = 5
"""Line numbers that a warning names."""

_FALLBACK = "en"


@dataclass(frozen=True)
class Sidecar:
    """A timed text file that belongs to a film."""

    path: Path
    language: str | None
    kind: int

    @property
    def forced(self) -> bool:
        """Whether it has lines for foreign dialogue only, which are added to the full text."""
        return self.kind == FORCED

    def preference(self, wanted: str | None) -> tuple[int, int, int, str]:
        """Sort key, the best first: the language, the kind, the format, the name."""
        languages = [wanted or "", None, _FALLBACK]
        language = languages.index(self.language) if self.language in languages else 3
        extension = EXTENSIONS.index(self.path.suffix.lower())
        return language, self.kind, extension, self.path.name


@dataclass(frozen=True)
class Read:
    """The content of a sidecar: its lines, guesses about its encoding, and problems."""

    lines: tuple[Line, ...]
    guessed: str | None
    warnings: tuple[str, ...]


def sidecars(film: Path, language: str | None) -> list[Sidecar]:
    """Return all subtitle sidecars of a film, the best first: in the language, in none, in English.

    Leaves out chapters and other uses of WebVTT, and sidecars of other films in the folder.

    Args:
        film: the media file.
        language: that is preferred.

    Raises:
        ReelfindError: the folder cannot be listed.
    """
    try:
        near = sidecars_in_folder(film)
    except OSError as error:
        raise ReelfindError(
            f"{film.parent}: cannot be listed ({error.strerror}); check the folder's permissions"
        ) from error
    others = [each for each in near if each.suffix.lower() in MEDIA_SUFFIXES and each != film]
    pictures = {folded(each.stem) for each in near if each.suffix.lower() == ".idx"}
    found = []
    for path in near:
        tags = tags_of(film, path)
        if path.suffix.lower() == ".sub" and folded(path.stem) in pictures:
            continue  # VobSub: pictures of text, with their times in the other file
        if tags and not has_owner(path, film, others) and path.is_file():
            found.append(Sidecar(path, tags.language, tags.kind))
    wanted = short_code(language)
    return sorted(found, key=lambda sidecar: sidecar.preference(wanted))


def read_sidecar(sidecar: Sidecar, duration: float, fps: float) -> Read:
    """Return the content of a sidecar. Broken times are repaired or dropped, with a warning.

    Args:
        sidecar: the file.
        duration: of the film, in seconds; 0 is unknown.
        fps: of the film, for formats that count frames.

    Raises:
        ReelfindError: it cannot be read, or holds nothing usable.
    """
    path = sidecar.path
    guessed, parsed = _parsed(path, _stamp(path), sidecar.language, fps)
    repaired = repair(parsed.lines, duration)
    if not repaired.lines:
        cause = (
            "all subtitles begin after the film's end, it may be another film's"
            if repaired.beyond
            else "no subtitle with a time in it"
        )
        raise ReelfindError(f"{path}: {cause}; correct or remove it")
    warnings = []
    if parsed.skipped:
        warnings.append(f"{path}: {_skipped(parsed.skipped)}; correct these lines")
    if repaired.repaired or repaired.beyond:
        warnings.append(
            f"{path}: {_count(repaired.repaired, 'time')} repaired, "
            f"{_count(repaired.beyond, 'subtitle')} after the film's end left out; check the file"
        )
    return Read(repaired.lines, guessed, tuple(warnings))


@lru_cache(maxsize=8)
def _parsed(
    path: Path, stamp: tuple[int, int, int] | None, language: str | None, fps: float
) -> tuple[str | None, Parsed]:
    """Return the guesses about a file's encoding, and its lines.

    Cached: a title's sidecar is read for its plan, its key and its text, within seconds.
    """
    del stamp  # a file that has changed is read again
    decoded = read_decoded(path, language)
    return decoded.guess_of(path), parse(decoded.text, fps)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _skipped(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(str(number) for number in numbers[:SHOWN])
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    line = "line" if len(numbers) == 1 else "lines"
    return f"{_count(len(numbers), 'subtitle')} may be missed, {line} {shown}{more}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
