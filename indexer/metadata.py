"""What is known of a title besides its film: from its name and the files beside it.

Later ones win: the file name, ``Film.nfo``, ``Film.json``, the film's row of ``catalog.csv``,
and what the caller says.
"""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from indexer.errors import ReelfindError
from indexer.languages import short_code
from indexer.nfo import parse_nfo
from indexer.records import Metadata
from indexer.text.encoding import read_text

CATALOGUE = "catalog.csv"

KNOWN = tuple(field.name for field in fields(Metadata))

_EPISODE = re.compile(
    r"^(?P<series>.*?)[\s._-]*\b(?:s(?P<s>\d{1,2})[\s._-]*e(?P<e>\d{1,3})|(?P<s2>\d{1,2})x(?P<e2>\d{2,3}))\b"
    r"[\s._-]*(?P<name>.*)$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"^(?P<name>.+?)[\s._]*[(\[](?P<year>(?:18|19|20)\d\d)[)\]]")
_LISTS = {"genres", "tags"}
_NUMBERS = {"season", "episode", "year"}


def read_metadata(film: Path, flags: Mapping[str, object] | None = None) -> Metadata:
    """Return a film's metadata.

    Args:
        film: the media file.
        flags: fields of ``Metadata`` that the caller sets; None and empty values set nothing.

    Raises:
        ReelfindError: a file beside the film cannot be read, or has a value of a wrong kind.
    """
    known: dict[str, Any] = _from_name(film.stem)
    for where, said in (
        *_from_nfo(film.with_suffix(".nfo")),
        *_from_json(film.with_suffix(".json")),
        *_from_catalogue(film),
        ("flags", flags or {}),
    ):
        for name, value in said.items():
            if value not in (None, "", [], (), {}):
                known[name] = checked(name, value, where)
    return Metadata(**known)


def _from_name(stem: str) -> dict[str, Any]:
    """Return what a file name says: ``Series S01E02 Name`` or ``Name (2010)``."""
    if (match := _EPISODE.match(stem)) and match["series"]:
        series = _spaced(match["series"])
        season, episode = int(match["s"] or match["s2"]), int(match["e"] or match["e2"])
        name = _spaced(match["name"]) or f"{series} S{season:02}E{episode:02}"
        return {"name": name, "series": series, "season": season, "episode": episode}
    if match := _YEAR.match(stem):
        return {"name": _spaced(match["name"]), "year": int(match["year"])}
    return {"name": _spaced(stem) or stem}


def _spaced(name: str) -> str:
    """Return a name with the spaces that dots and underscores stand for."""
    if " " not in name:
        name = re.sub(r"[._]+", " ", name)
    return name.strip(" -._")


def _from_nfo(path: Path) -> list[tuple[str, dict[str, Any]]]:
    if not path.is_file():
        return []
    return [(str(path), parse_nfo(read_text(path), path))]


def _from_json(path: Path) -> list[tuple[str, dict[str, Any]]]:
    if not path.is_file():
        return []
    try:
        said = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise ReelfindError(f"{path}: not JSON ({error}); correct or remove it") from error
    if not isinstance(said, dict):
        raise ReelfindError(f"{path}: not a JSON object; write {{}} around its fields")
    return [(str(path), {_field(name): value for name, value in said.items()})]


def _from_catalogue(film: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the film's row; columns other than ``file`` and the fields are ids."""
    path = film.parent / CATALOGUE
    if not path.is_file():
        return []
    rows = csv.DictReader(read_text(path).splitlines(keepends=True), strict=True)
    found = []
    try:
        if "file" not in (rows.fieldnames or ()):
            raise ReelfindError(f"{path}: row 1: no column `file`; add it with the films' names")
        for row in rows:
            where = f"{path}: row {rows.line_num}"
            if None in row:
                raise ReelfindError(f"{where}: more values than columns; put quotes around commas")
            if row.pop("file") == film.name:
                found.append((where, _catalogue_fields(row)))
    except csv.Error as error:
        raise ReelfindError(f"{path}: row {rows.line_num + 1}: {error}; correct it") from error
    return found


def _catalogue_fields(row: Mapping[str, str | None]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    ids: dict[str, str] = {}
    for column, value in row.items():
        name, text = _field(column), (value or "").strip()
        if name in _LISTS:
            said[name] = [part for part in re.split(r"\s*[;|]\s*", text) if part]
        elif name in KNOWN:
            said[name] = text
        elif text:
            ids[name] = text
    return {**said, "ids": ids}


def _field(name: str) -> str:
    """Return the field that a column or member means."""
    name = name.strip().lower()
    return {"title": "name", "genre": "genres", "tag": "tags", "plot": "synopsis"}.get(name, name)


def checked(name: str, value: object, where: str) -> object:
    """Return a value as its field has it.

    Raises:
        ReelfindError: it is of another kind, or there is no such field.
    """
    if name not in KNOWN:
        raise ReelfindError(f"{where}: unknown field `{name}`; the fields are {', '.join(KNOWN)}")
    if name in _NUMBERS:
        return _number(name, value, where)
    if name in _LISTS:
        parts = [value] if isinstance(value, str) else value
        if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
            return tuple(dict.fromkeys(part.strip() for part in cast(list[str], parts)))
        raise ReelfindError(f'{where}: {name}: not a list of words; write it as ["a", "b"]')
    if name == "ids":
        if isinstance(value, dict):
            return {str(key): str(part) for key, part in value.items()}
        raise ReelfindError(f'{where}: ids: not an object; write it as {{"eidr": "10.5240/…"}}')
    if not isinstance(value, str):
        raise ReelfindError(f"{where}: {name}: {value!r} is not text; put it in quotes")
    return _language(value, where) if name == "language" else value.strip()


def _number(name: str, value: object, where: str) -> int:
    try:
        if isinstance(value, bool | float):
            raise ValueError
        number = int(str(value).strip())
    except ValueError:
        number = -1
    if number < 0:
        raise ReelfindError(f"{where}: {name}: {value!r} is not a whole number; correct it")
    return number


def _language(value: str, where: str) -> str:
    code = short_code(value)
    if code is None:
        raise ReelfindError(f"{where}: language: {value!r} is not a language code; write `en`")
    return code
