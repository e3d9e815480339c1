"""``reelfind labels``: what people say of spans of titles, in and out."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption
from app.cli.tables import print_table
from indexer.errors import ReelfindError
from probes.labels.records import Label, LabelError, known_tasks

if TYPE_CHECKING:
    from probes.labels.summary import ClassSummary
    from probes.labels.table import Reading

app = typer.Typer(
    name="labels",
    help="Labels that probes are trained and measured on: import, check, export, sum up.",
    no_args_is_help=True,
)

TableArgument = Annotated[
    Path,
    typer.Argument(help="CSV or parquet: title, start, end (or clip_id), task, class, value, …"),
]
TaskOption = Annotated[
    str | None, typer.Option("--task", help="The task of rows that do not name one.")
]
AnnotatorOption = Annotated[
    str | None, typer.Option("--annotator", help="Who labelled the rows that do not say.")
]


@app.command("import")
def import_labels(
    table: TableArgument,
    data: DataOption = DEFAULT_DATA,
    task: TaskOption = None,
    annotator: AnnotatorOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Import nothing if any row is refused.")
    ] = False,
) -> None:
    """Add the labels of a table; what the same annotator said of the same span is replaced.

    Rows that cannot be labels are refused, each with its reason, and the exit code is 1.
    """
    from probes.labels.store import DATABASE, LabelStore

    with _errors_in_one_line():
        reading = _read(table, data, task, annotator)
        refused = len(reading.problems)
        if dry_run:
            print(f"{table}: {len(reading.labels):,} good rows, {refused:,} refused")
        elif strict and refused:
            print(f"{table}: nothing imported, since {refused:,} rows were refused")
        elif reading.labels:
            with LabelStore(data / DATABASE) as store:
                added, replaced = store.add(reading.labels)
            print(f"{table}: {added:,} added, {replaced:,} replaced, {refused:,} refused")
        else:
            print(f"{table}: nothing to import, {refused:,} refused")
    if refused:
        raise typer.Exit(1)


@app.command()
def check(
    table: TableArgument,
    data: DataOption = DEFAULT_DATA,
    task: TaskOption = None,
    annotator: AnnotatorOption = None,
) -> None:
    """Say which rows of a table would be refused, and import none."""
    import_labels(table, data, task, annotator, dry_run=True)


@app.command()
def export(
    table: Annotated[Path, typer.Argument(help="The .csv or .parquet file to write.")],
    data: DataOption = DEFAULT_DATA,
    task: Annotated[str | None, typer.Option("--task", help="Only the labels of a task.")] = None,
) -> None:
    """Write the labels as a table that `reelfind labels import` reads."""
    from probes.labels.table import write_table

    with _errors_in_one_line():
        labels = _stored(data, task.replace("_", "-") if task else None)
        if not labels:
            raise ReelfindError(f"{data}: no labels to export; `reelfind labels import` adds some")
        write_table(table, labels)
    print(f"Exported {len(labels):,} labels: {table}")


@app.command()
def summary(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Count the labels by task and class, and say how well their annotators agree."""
    from app.label_titles import CatalogueTitles
    from probes.labels.summary import summarise

    titles = CatalogueTitles(data)
    with _errors_in_one_line():
        labels = _stored(data, None)
        shots = {label.title_id: titles.shots(label.title_id) for label in labels}
        found = summarise(labels, shots, known_tasks())
    if as_json:
        print(json.dumps({"classes": [asdict(each) for each in found]}))
        return
    if not found:
        print(f"No labels in {data} yet: reelfind labels import TABLE --data {data}")
        return
    columns = ["task", "class", "labels", "yes", "no", "titles", "annotators"]
    columns += ["rated twice", "differ", "alpha"]
    print_table(columns, map(_cells, found), ["class"])
    for each in found:
        for reason, count in each.unmatched.items():
            print(f"{each.task}, {each.class_name}: {count:,} labels match no shots ({reason})")


def _read(table: Path, data: Path, task: str | None, annotator: str | None) -> "Reading":
    """Read a table and tell its problems."""
    from app.label_titles import CatalogueTitles
    from probes.labels.rows import Defaults
    from probes.labels.table import read_table

    defaults = Defaults(date.today(), task, annotator)
    reading = read_table(table, CatalogueTitles(data), known_tasks(), defaults)
    for problem in reading.problems:
        print(f"reelfind: {table}: row {problem.row}: {problem.reason}", file=sys.stderr)
    if reading.unused:
        print(f"reelfind: {table}: not used: {', '.join(reading.unused)}", file=sys.stderr)
    return reading


def _stored(data: Path, task: str | None) -> list[Label]:
    from probes.labels.store import DATABASE, LabelStore

    if not (data / DATABASE).is_file():
        return []
    with LabelStore(data / DATABASE) as store:
        return store.all(task)


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    try:
        yield
    except LabelError as error:
        raise ReelfindError(str(error)) from error


def _cells(each: "ClassSummary") -> list[str]:
    numbers = (each.labels, each.positives, each.negatives, each.titles, len(each.annotators))
    said = each.agreement
    differ = "" if said.disagreeing is None else f"{said.disagreeing:.0%}"
    alpha = "" if said.alpha is None else f"{said.alpha:.2f}"
    counts = ["" if number is None else f"{number:,}" for number in numbers]
    return [each.task, each.class_name, *counts, f"{said.items:,}", differ, alpha]
