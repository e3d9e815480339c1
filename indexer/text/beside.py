"""Reads a film's text from its sidecars."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ReelfindError
from indexer.records import Media, TimedText
from indexer.text.sidecars import Read, Sidecar, read_sidecar, sidecars


@dataclass(frozen=True)
class Beside:
    """The text of a film's sidecars: full subtitles, and forced ones for foreign dialogue.

    ``files`` are all sidecars that were read, including unusable ones: the same files give the
    same text. ``guesses`` and ``warnings`` are messages that each name their file.
    """

    full: TimedText | None
    forced: TimedText | None
    files: tuple[Path, ...]
    guesses: tuple[str, ...]
    warnings: tuple[str, ...]


def read_beside(media: Media, wanted: str | None, otherwise: str | None) -> Beside:
    """Return the text of a film's sidecars; one that cannot be used is skipped with a warning.

    Args:
        media: the film; lines beyond its duration are left out.
        wanted: the preferred language.
        otherwise: the language of the text if no sidecar has full subtitles.

    Raises:
        ReelfindError: the folder cannot be listed.
    """
    found = sidecars(media.path, wanted)
    files: list[Path] = []
    guesses: list[str] = []
    warnings: list[str] = []

    def first_usable(candidates: Iterable[Sidecar]) -> TimedText | None:
        for sidecar in candidates:
            files.append(sidecar.path)
            try:
                read = read_sidecar(sidecar, media.duration, float(media.fps))
            except ReelfindError as error:
                warnings.append(str(error))
                continue
            guesses.extend([read.guessed] if read.guessed else [])
            warnings.extend(read.warnings)
            return _text(sidecar, read)
        return None

    full = first_usable(each for each in found if not each.forced)
    spoken = full.language if full else otherwise
    # Those in another language come last: they are used if there are no others.
    foreign = sorted(
        (each for each in found if each.forced), key=lambda each: not fits(each.language, spoken)
    )
    forced = first_usable(foreign)
    return Beside(full, forced, tuple(files), tuple(guesses), tuple(warnings))


def fits(language: str | None, text: str | None) -> bool:
    """Return whether forced lines suit a text in another language; unknown languages do."""
    return language is None or text is None or language == text


def _text(sidecar: Sidecar, read: Read) -> TimedText:
    return TimedText(read.lines, "sidecar", sidecar.language, origin=sidecar.path.name)
