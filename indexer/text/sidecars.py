"""Timed text beside a film: ``Film.srt``, ``Film.en.vtt``, ``Film.de.forced.srt``."""

import logging
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ReelfindError
from indexer.languages import short_code
from indexer.records import TimedText
from indexer.settings import TextSettings
from indexer.text.encoding import read_text
from indexer.text.parsing import parse
from indexer.text.repair import repair

EXTENSIONS = (".srt", ".vtt", ".ass", ".ssa")
"""The formats that are read, the preferred first."""

KINDS = {
    "full": 0,
    "default": 0,
    "sdh": 1,
    "cc": 1,
    "hi": 1,
    "descriptions": 2,
    "commentary": 3,
    "forced": 4,
    "foreign": 4,
}
"""What a sidecar may be, from the best: all that is said first, foreign passages last."""

_FORCED = 4
_FALLBACK = "en"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sidecar:
    """A timed text file that belongs to a film."""

    path: Path
    language: str | None
    kind: int

    def preference(self, wanted: str | None) -> tuple[bool, int, int, int, str]:
        """Sort key, the best first: not forced, the language, the kind, the format, the name."""
        languages = [wanted or "", None, _FALLBACK]
        language = languages.index(self.language) if self.language in languages else 3
        extension = EXTENSIONS.index(self.path.suffix.lower())
        return self.kind == _FORCED, language, self.kind, extension, self.path.name


def find_sidecar(film: Path, settings: TextSettings) -> Path | None:
    """Return the best of the film's sidecars, None without one.

    In the preferred language, else without one, else English; full rather than forced.

    Raises:
        ReelfindError: the folder cannot be listed.
    """
    best = min(
        sidecars(film),
        key=lambda sidecar: sidecar.preference(short_code(settings.language)),
        default=None,
    )
    return best.path if best else None


def sidecars(film: Path) -> list[Sidecar]:
    """Return all timed text beside a film; chapters and other uses of WebVTT are none.

    Raises:
        ReelfindError: the folder cannot be listed.
    """
    try:
        beside = sorted(film.parent.iterdir())
    except OSError as error:
        raise ReelfindError(
            f"{film.parent}: cannot be listed ({error.strerror}); check the folder's permissions"
        ) from error
    found = (_sidecar(film, path) for path in beside)
    return [sidecar for sidecar in found if sidecar is not None]


def read_sidecar(path: Path, film: Path, duration: float) -> TimedText:
    """Return what a sidecar says. Broken times are repaired or dropped, with a warning.

    Args:
        path: the sidecar.
        film: the film beside it.
        duration: of the film, in seconds; 0 is unknown.

    Raises:
        ReelfindError: it cannot be read, or holds nothing usable.
    """
    parsed = parse(read_text(path))
    repaired = repair(parsed.lines, duration)
    if not repaired.lines:
        cause = (
            f"all {repaired.beyond} lines begin after the film's end, it may be another film's"
            if repaired.beyond
            else "no line with a time in it"
        )
        raise ReelfindError(f"{path}: {cause}; repair it, or move it away to go on without it")
    _warn(path, repaired.repaired, parsed.unreadable + repaired.beyond)
    sidecar = _sidecar(film, path)
    return TimedText(
        repaired.lines, "sidecar", sidecar.language if sidecar else None, origin=path.name
    )


def _sidecar(film: Path, path: Path) -> Sidecar | None:
    """Return the sidecar that a path is by its name: the film's, then known tags only."""
    name, suffix = path.stem, path.suffix.lower()
    stem = film.stem.lower()
    if suffix not in EXTENSIONS or not name.lower().startswith(stem) or not path.is_file():
        return None
    rest = name[len(stem) :]
    if rest and not rest.startswith("."):
        return None
    language, kind = None, 0
    for tag in rest.lower().split(".")[1:]:
        # "hi" is Hindi, unless the language is known: then it is "hearing impaired".
        if tag in KINDS and not (tag == "hi" and language is None):
            kind = max(kind, KINDS[tag])
        elif language is None and (code := short_code(tag)):
            language = code
        else:
            return None
    return Sidecar(path, language, kind)


def _warn(path: Path, repaired: int, dropped: int) -> None:
    if repaired or dropped:
        logger.warning(
            "%s: broken times; %d lines repaired, %d dropped; check the file",
            path,
            repaired,
            dropped,
        )
