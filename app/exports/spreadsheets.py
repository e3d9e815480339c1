"""Tables as CSV that spreadsheets open without running what is in them."""

import csv
from collections.abc import Iterable, Sequence
from typing import IO

from indexer.characters import clean

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet computes (OWASP, *CSV injection*)."""


def write_rows(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table with a line of column names."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(value) for value in row] for row in rows)


def cell(value: object) -> object:
    """Return a value as a cell: a text that a spreadsheet would compute begins with ``'``."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text == text.strip()
