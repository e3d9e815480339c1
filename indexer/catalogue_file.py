"""Reads ``catalog.csv``: a table in a folder of films, with a row per film."""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.errors import ReelfindError
from indexer.metadata_fields import KNOWN, LISTS
from indexer.text.encoding import read_text

NAME = "catalog.csv"

FIELDS = {"title": "name", "genre": "genres", "tag": "tags", "plot": "synopsis"}
"""Other names that a column, or a member of a JSON object, has for a field."""

_FILE = "file"
_SEPARATORS = ",;\t|"
_SAID = re.compile(r"sep=.\s*$", re.IGNORECASE)
"""A first line by which spreadsheets say their separator."""


@dataclass(frozen=True)
class Row:
    """A film's row: its fields, other columns as ids, and problems with its values."""

    number: int
    fields: Mapping[str, Any]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueFile:
    """The rows by film, under the name that ``film_name`` gives, and problems with the table."""

    path: Path
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def of(self, film: Path) -> Sequence[Row]:
        """Return the rows of a film."""
        return self.rows.get(film_name(film.name), ())


def field_name(name: str) -> str:
    """Return the field of ``Metadata`` for the name of a column or of a JSON member."""
    name = name.strip().lower()
    return FIELDS.get(name, name)


def film_name(name: str) -> str:
    """Return a file name in one Unicode form: macOS stores accents as separate characters."""
    return unicodedata.normalize("NFC", name.strip())


def read_catalogue(path: Path) -> CatalogueFile:
    """Read a table separated by commas, semicolons, tabs or bars."""
    try:
        lines = list(io.StringIO(read_text(path), newline=""))
    except ReelfindError as error:
        return CatalogueFile(path, problems=(str(error),))
    if lines and _SAID.match(lines[0]):
        lines[0] = "\n"
    separator = _separator(next((line for line in lines if line.strip()), ""))
    if separator is None:
        missing = f"{path}: row 1: no column `{_FILE}`; add it with the films' names"
        return CatalogueFile(path, problems=(missing,))
    found: defaultdict[str, list[Row]] = defaultdict(list)
    problems: list[str] = []
    for name, row in _rows(path, lines, separator, problems):
        found[film_name(name)].append(row)
    return CatalogueFile(path, dict(found), tuple(problems))


def _separator(header: str) -> str | None:
    """Return the separator of the columns: the one that yields a column ``file``."""
    for separator in _SEPARATORS:
        if _FILE in (name.strip(' "\r\n').lower() for name in header.split(separator)):
            return separator
    return None


def _rows(
    path: Path, lines: Sequence[str], separator: str, problems: list[str]
) -> Iterator[tuple[str, Row]]:
    """Yield each film's name with its row; what cannot be read goes to ``problems``."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    columns: list[str] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(f"{path}: row {reader.line_num}: {error}; correct it")
            continue
        if not columns:
            columns = [field_name(cell) for cell in cells]
        elif any(cells):
            row = dict(zip(columns, cells, strict=False))
            yield row.pop(_FILE, ""), _row(reader.line_num, row, len(cells) > len(columns))


def _row(number: int, cells: Mapping[str, str], too_many: bool) -> Row:
    fields: dict[str, Any] = {}
    ids: dict[str, str] = {}
    for name, value in cells.items():
        text = value.strip()
        if name in LISTS:
            fields[name] = [part for part in re.split(r"\s*[;|]\s*", text) if part]
        elif name in KNOWN and name != "ids":
            fields[name] = text
        elif text and name:
            ids[name] = text
    wrong = ("more values than columns; put quotes around commas",) if too_many else ()
    return Row(number, {**fields, "ids": ids}, wrong)
