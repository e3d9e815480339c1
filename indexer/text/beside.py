"""Which of the files beside a film its text is taken from."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ReelfindError
from indexer.records import Media, TimedText
from indexer.text.sidecars import Read, Sidecar, read_sidecar, sidecars


@dataclass(frozen=True)
class Beside:
    """The text beside a film: all that is said, and what is foreign in it.

    ``files`` are those that were looked into, the unusable ones too: with the same files the text
    is the same. ``guesses`` and ``warnings`` are lines for people, each of which names its file.
    """

    full: TimedText | None
    forced: TimedText | None
    files: tuple[Path, ...]
    guesses: tuple[str, ...]
    warnings: tuple[str, ...]


def read_beside(media: Media, wanted: str | None, otherwise: str | None) -> Beside:
    """Return the text beside a film; a file that cannot be used is passed over with a warning.

    Args:
        media: the film; lines beyond its duration are left out.
        wanted: the preferred language.
        otherwise: the language of the text where no file beside the film holds all of it.

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
    # Those in another language come last: they are all there is where nothing is said.
    foreign = sorted(
        (each for each in found if each.forced), key=lambda each: not fits(each.language, spoken)
    )
    forced = first_usable(foreign)
    return Beside(full, forced, tuple(files), tuple(guesses), tuple(warnings))


def fits(language: str | None, text: str | None) -> bool:
    """Return whether lines in a language add to a text in another: unknown ones always do."""
    return language is None or text is None or language == text


def _text(sidecar: Sidecar, read: Read) -> TimedText:
    return TimedText(read.lines, "sidecar", sidecar.language, origin=sidecar.path.name)
