"""Parses the names of subtitle files: the film, the language and the kind."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from indexer.languages import named_language, short_code

EXTENSIONS = (".srt", ".vtt", ".ass", ".ssa", ".sub")
"""The formats that are read, the preferred first."""

FORCED = 4
"""The kind that holds only what is foreign in a film."""

KINDS = {
    "full": 0,
    "default": 0,
    "sub": 0,
    "subs": 0,
    "subtitle": 0,
    "subtitles": 0,
    "und": 0,
    "unknown": 0,
    "sdh": 1,
    "cc": 1,
    "hi": 1,
    "captions": 1,
    "descriptions": 2,
    "commentary": 3,
    "forced": FORCED,
    "foreign": FORCED,
    "signs": FORCED,
}
"""The kinds of sidecars, the best first: full dialogue first, forced subtitles last."""

_QUALIFIERS = frozenset(
    {"brasil", "brazil", "portugal", "latin", "latino", "latinoamérica", "american", "america"}
    | {"european", "canadian", "simplified", "traditional", "songs", "&", "and"}
)
"""Words beside a language or kind that change neither."""

_PARTS = re.compile(r"[\s.()\[\],+]+")
_REGION = re.compile(r"[a-z]{2}|[a-z]{4}|\d{3}")
"""A country, a script or a part of the world, behind a language and a dash."""


@dataclass(frozen=True)
class Tags:
    """The part of a sidecar's name behind the film's: its language if any, and its kind."""

    language: str | None
    kind: int


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """Return a name in one case and Unicode form, for comparison."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def has_owner(path: Path, film: Path, others: Iterable[Path]) -> bool:
    """Return whether a sidecar belongs to another film, whose name fits better.

    That is a longer name, or one that differs from this film's only in case and is as the sidecar
    writes it.
    """
    name = folded(film.stem)
    fits = path.name.startswith(film.stem)
    return any(
        tags_of(other, path)
        and (
            len(folded(other.stem)) > len(name)
            or (not fits and folded(other.stem) == name and path.name.startswith(other.stem))
        )
        for other in others
    )


def tags_of(film: Path, path: Path) -> Tags | None:
    """Return the tags after the film's name; None if any of them is unknown."""
    if path.suffix.lower() not in EXTENSIONS:
        return None
    stem, name = folded(film.stem), folded(path.stem)
    if not name.startswith(stem):
        return None
    rest = name[len(stem) :].removeprefix(folded(film.suffix))
    if rest and rest[0].isalnum():
        return None
    return _read(rest)


def _read(rest: str) -> Tags | None:
    language: str | None = None
    kinds: list[int] = []
    beside = False
    for part in _words(rest):
        # "hi" is Hindi, unless the language is known: then it is "hearing impaired".
        if part in KINDS and not (part == "hi" and language is None):
            kinds.append(KINDS[part])
        elif part.isdigit() or part in _QUALIFIERS:
            beside = True
        elif code := _language(part):
            if language not in (None, code):
                return None
            language = code
        else:
            return None
    # Alone, a number is a part of a title: "Film 2".
    if beside and language is None and not kinds:
        return None
    return Tags(language, max(kinds, default=0))


def _words(rest: str) -> list[str]:
    """Return the words of a name's end; a language with its country stays one."""
    words: list[str] = []
    for part in _PARTS.split(rest):
        inner = [each for each in re.split(r"[-_]+", part) if each]
        tagged = len(inner) == 2 and _REGION.fullmatch(inner[1]) and inner[1] not in KINDS
        whole = tagged and len(inner[0]) <= 3 and short_code("-".join(inner))
        words += ["-".join(inner)] if whole else inner
    return words


def _language(word: str) -> str | None:
    return named_language(word) or short_code(word)
