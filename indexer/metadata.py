"""A title's metadata: from the file name, sidecar files and the caller.

Later sources win: the file name, ``Film.nfo``, ``Film.json``, the film's row of ``catalog.csv``,
the caller's fields. A broken or foreign sidecar never stops a film from being indexed: its valid
fields count, and a warning names the others.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.catalogue_file import NAME as CATALOGUE
from indexer.catalogue_file import CatalogueFile, field_name, read_catalogue
from indexer.characters import excerpt, one_line
from indexer.errors import ReelfindError
from indexer.metadata_fields import KNOWN, checked, is_empty, read_field
from indexer.nfo import LARGEST as LARGEST_NFO
from indexer.nfo import parse_nfo
from indexer.records import Metadata
from indexer.release_names import from_name
from indexer.text.encoding import read_text

LARGEST_JSON = 4 * 1024 * 1024
"""Bytes; what other programs write beside a film, such as a transcript by word, may be longer."""

MOST_WARNINGS = 20
"""Of a title."""

_NAMED = 3
"""Unknown fields that a warning names."""


@dataclass(frozen=True)
class FoundMetadata:
    """A title's metadata, and a warning for each value in its files that could not be used.

    ``named`` are the fields from the film's name.
    """

    metadata: Metadata
    warnings: tuple[str, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict, compare=False)


class MetadataReader:
    """Reads the metadata of films; each folder's ``catalog.csv`` once."""

    def __init__(self) -> None:
        self._catalogues: dict[Path, CatalogueFile | None] = {}

    def read(
        self,
        film: Path,
        flags: Mapping[str, object] | None = None,
        named: Mapping[str, Any] | None = None,
    ) -> FoundMetadata:
        """Return a film's metadata.

        Args:
            film: the media file.
            flags: fields of ``Metadata`` that the caller sets; None and empty values set nothing.
            named: the fields from the film's name, if known already: parsing it takes long.

        Raises:
            ReelfindError: a flag has a value of a wrong kind.
        """
        named = from_name(film.stem) if named is None else named
        known = dict(named)
        warnings: list[str] = []
        self._take_nfo(film, known, warnings)
        self._take_json(film, known, warnings)
        self._take_row(film, known, warnings)
        known |= {
            name: checked(name, value, "flags")
            for name, value in (flags or {}).items()
            if not is_empty(value)
        }
        return FoundMetadata(Metadata(**known), _first(warnings, film), named)

    def _take_nfo(self, film: Path, known: dict[str, Any], warnings: list[str]) -> None:
        path = sidecar(film, ".nfo")
        text = _text(path, LARGEST_NFO, warnings)
        if path is None or text is None:
            return
        said, problems = parse_nfo(text)
        warnings += [f"{path}: {problem}" for problem in problems]
        _take(said, str(path), known, warnings)

    def _take_json(self, film: Path, known: dict[str, Any], warnings: list[str]) -> None:
        path = sidecar(film, ".json")
        text = _text(path, LARGEST_JSON, warnings)
        if path is None or text is None:
            return
        try:
            said = json.loads(text, parse_int=_whole)
        except (ValueError, RecursionError) as error:
            warnings.append(f"{path}: not JSON ({error}); correct or remove it")
            return
        if not isinstance(said, dict):
            warnings.append(f"{path}: not a JSON object; write {{}} around its fields")
            return
        _take({field_name(name): value for name, value in said.items()}, str(path), known, warnings)

    def _take_row(self, film: Path, known: dict[str, Any], warnings: list[str]) -> None:
        table = self._catalogue(film.parent)
        if table is None:
            return
        warnings += table.problems
        for row in table.of(film):
            where = f"{table.path}: row {row.number}"
            warnings += [f"{where}: {problem}" for problem in row.problems]
            _take(row.fields, where, known, warnings)

    def _catalogue(self, folder: Path) -> CatalogueFile | None:
        if folder not in self._catalogues:
            path = folder / CATALOGUE
            self._catalogues[folder] = read_catalogue(path) if _is_file(path) else None
        return self._catalogues[folder]


def sidecar(film: Path, suffix: str) -> Path | None:
    """Return the sidecar of a film with this suffix, in any Unicode form of the name."""
    for form in (None, "NFC", "NFD"):
        name = film.name if form is None else unicodedata.normalize(form, film.name)
        path = film.with_name(name).with_suffix(suffix)
        if _is_file(path):
            return path
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, or a folder that may not be looked into
        return False


def _text(path: Path | None, largest: int, warnings: list[str]) -> str | None:
    """Return the text of a sidecar; None if it is missing or, with a warning, unreadable."""
    if path is None:
        return None
    try:
        size = path.stat().st_size
        if size <= largest:
            return read_text(path)
        warnings.append(f"{path}: {size:,} bytes are more than {largest:,}; it is not read")
    except OSError as error:
        warnings.append(f"{path}: cannot be read ({error.strerror}); check its permissions")
    except ReelfindError as error:
        warnings.append(str(error))
    return None


def _whole(digits: str) -> int | str:
    """Return a JSON number; Python refuses to parse thousands of digits."""
    return int(digits) if len(digits) < 1000 else digits


def _take(
    said: Mapping[str, object], where: str, known: dict[str, Any], warnings: list[str]
) -> None:
    """Add a file's valid fields to ``known``, and warn of the others."""
    unknown = [name for name in said if name not in KNOWN]
    if unknown:
        warnings.append(f"{where}: {_ignored(unknown)}; the fields are {', '.join(KNOWN)}")
    for name, value in said.items():
        if name in unknown or is_empty(value):
            continue
        valid, problems = read_field(name, value)
        warnings += [f"{where}: {name}: {problem}" for problem in problems]
        if not is_empty(valid):
            known[name] = valid


def _first(warnings: list[str], film: Path) -> tuple[str, ...]:
    """Return the first warnings, one per line, and how many more there are."""
    lines = list(dict.fromkeys(map(one_line, warnings)))
    more = len(lines) - MOST_WARNINGS
    if more > 0:
        told = f"{film}: {more:,} more warnings about the files beside it; correct these first"
        lines[MOST_WARNINGS:] = [one_line(told)]
    return tuple(lines)


def _ignored(unknown: list[str]) -> str:
    named = ", ".join(f"`{excerpt(name)[1:-1]}`" for name in unknown[:_NAMED])
    more = len(unknown) - _NAMED
    return (
        f"unknown field{'s' if len(unknown) > 1 else ''} {named}"
        f"{f' and {more:,} more' if more > 0 else ''} ignored"
    )
