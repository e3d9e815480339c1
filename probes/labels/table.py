"""Tables of labels in CSV and parquet."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from encoder.atomic import new_file
from probes.labels.matching import Unmatched, match
from probes.labels.records import Label, LabelError
from probes.labels.rows import Defaults, Row, Titles, read_row
from probes.messages import LONGEST_LINE, listed, shortened
from probes.tasks import Task

COLUMNS = (
    *("title", "start", "end", "start_frame", "end_frame", "clip_id"),
    *("task", "class", "value", "annotator", "date"),
)
"""The columns that are read; none of them is needed in every table."""

SCHEMA = {
    "title": pl.String,
    "start": pl.Float64,
    "end": pl.Float64,
    "task": pl.String,
    "class": pl.String,
    "value": pl.Float64,
    "annotator": pl.String,
    "date": pl.Date,
}
"""The columns that are written."""

UNANSWERED = "?"
"""The value of a row without an answer, as `labels suggest --csv` prints it."""

_TEXTS = pl.col(pl.String)
"""In a CSV, a text that a spreadsheet would take for a formula is written with a leading ``'``."""

_FIELDS = {"title_id": "title", "class_name": "class"}
"""The fields of a label whose columns have other names."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was refused. ``row`` counts from 1, without the line of column names."""

    row: int
    reason: str


@dataclass(frozen=True)
class Reading:
    """The contents of a table: labels that match shots, refused rows, unused columns, and the
    number of rows without an answer."""

    labels: tuple[Label, ...]
    problems: tuple[Problem, ...]
    unused: tuple[str, ...]
    unanswered: int


def read_table(
    path: Path, titles: Titles, tasks: Mapping[str, Task], defaults: Defaults
) -> Reading:
    """Read the labels of a ``.csv`` or ``.parquet`` file and match each to its shots.

    Raises:
        LabelError: the file cannot be read as a table of labels at all.
    """
    table = _load(path)
    labels: list[Label] = []
    rows: dict[tuple[object, ...], int] = {}
    unanswered = 0
    problems: list[Problem] = []
    for number, cells in enumerate(table.iter_rows(named=True), start=1):
        row = _row(cells)
        if not row:
            continue
        if row.get("value") == UNANSWERED:
            unanswered += 1
            continue
        try:
            label = read_row(row, titles, tasks, defaults)
            found = match(label, titles.shots(label.title_id))
            if isinstance(found, Unmatched):
                raise LabelError(f"{found.reason}: {found.message}")
            first = rows.setdefault(label.key, number)
            if first != number:
                raise LabelError(f"repeats row {first}; keep one of them")
            labels.append(label)
        except LabelError as error:
            problems.append(Problem(number, shortened(error, LONGEST_LINE)))
    unused = tuple(name for name in table.columns if name not in COLUMNS)
    return Reading(tuple(labels), tuple(problems), unused, unanswered)


def write_table(path: Path, labels: Iterable[Label]) -> None:
    """Write labels as ``.csv`` or ``.parquet``; ``read_table`` gives the same back.

    Raises:
        LabelError: the name has another ending, or the file cannot be written.
    """
    kind = _ending(path)
    rows = [asdict(label) for label in labels]
    named = [{_FIELDS.get(name, name): cell for name, cell in row.items()} for row in rows]
    table = pl.DataFrame(named, schema=SCHEMA)
    try:
        with new_file(path) as draft:
            if kind == ".csv":
                table.with_columns(_TEXTS.str.replace(r"^([=+\-@\t\r])", "'$1")).write_csv(draft)
            else:
                table.write_parquet(draft)
    except OSError as error:
        raise LabelError(f"{path}: cannot be written ({error.strerror or error})") from error


def _load(path: Path) -> pl.DataFrame:
    kind = _ending(path)
    try:
        # Of a CSV every cell is text: a guessed type would make 007 a number.
        table = pl.read_csv(path, infer_schema=False) if kind == ".csv" else pl.read_parquet(path)
        if kind == ".csv":
            table = table.with_columns(_TEXTS.str.replace(r"^'([=+\-@\t\r])", "$1"))
        table = table.rename({name: name.strip() for name in table.columns})
    except (OSError, pl.exceptions.PolarsError) as error:
        cause = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise LabelError(f"{path}: cannot be read as a table ({cause})") from error
    if not {"title", "clip_id"} & set(table.columns):
        raise LabelError(
            f"{path}: has neither a column title nor clip_id, but {listed(table.columns)}; "
            f"its first line must name the columns, of {', '.join(COLUMNS)}"
        )
    return table


def _ending(path: Path) -> str:
    kind = path.suffix.casefold()
    if kind not in (".csv", ".parquet"):
        raise LabelError(f"{path}: labels are kept in .csv or .parquet; give it such a name")
    return kind


def _row(cells: Mapping[str, Any]) -> Row:
    """Return the cells that are not empty, as text."""
    texts = {name: str(cells[name]).strip() for name in COLUMNS if cells.get(name) is not None}
    return {name: text for name, text in texts.items() if text}
