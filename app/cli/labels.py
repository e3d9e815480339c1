"""``reelfind labels``: what people say of spans of titles, in and out."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import DEFAULT_DATA, CsvOption, DataOption, JsonOption, settings_of
from app.cli.terminal import print_table, say
from app.exports.spreadsheets import write_rows
from indexer.errors import ReelfindError
from probes.labels.records import LabelError
from probes.messages import first_lines, listed

if TYPE_CHECKING:
    from app.labelling.data import ProbeData
    from app.labelling.suggesting import Suggested
    from probes.labels.summary import ClassSummary
    from probes.labels.table import Reading
    from probes.tasks import Task

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
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the good rows although others are refused.")
    ] = False,
) -> None:
    """Add the labels of a table; what the same annotator said of the same span is replaced.

    Rows that cannot be labels are refused, each with its reason; nothing is imported then.
    """
    from app.database.engine import Database
    from app.labelling.store import LabelStore

    with _errors_in_one_line():
        reading = _read(table, data, task, annotator)
        refused = len(reading.problems)
        if dry_run:
            print(f"{table}: {len(reading.labels):,} good rows, {refused:,} refused")
        elif refused and not skip_bad:
            print(
                f"{table}: nothing imported, since {refused:,} rows were refused; correct them, "
                "or import the others with --skip-bad"
            )
        elif reading.labels:
            with Database.of(data, settings_of(data)) as database:
                added, replaced = LabelStore(database).add(reading.labels)
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
    from app.labelling.catalogue import stored_labels
    from probes.labels.table import write_table

    with _errors_in_one_line():
        labels = [
            each for each in stored_labels(data, settings_of(data)) if task in (None, each.task)
        ]
        if not labels:
            raise ReelfindError(f"{data}: no labels to export; `reelfind labels import` adds some")
        write_table(table, labels)
    print(f"Exported {len(labels):,} labels: {table}")


@app.command()
def summary(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Count the labels by task and class, and say how well their annotators agree."""
    from app.labelling.catalogue import stored_labels
    from app.labelling.titles import CatalogueTitles
    from probes.labels.summary import summarise

    titles, settings = CatalogueTitles(data), settings_of(data)
    with _errors_in_one_line():
        labels = stored_labels(data, settings)
        shots = {label.title_id: titles.shots(label.title_id) for label in labels}
        found = summarise(labels, shots, settings.known_tasks(), titles.earlier(shots))
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


@app.command()
def suggest(
    task: Annotated[str, typer.Argument(help="The task to label, such as tone.")],
    data: DataOption = DEFAULT_DATA,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Clips, at most.")] = 20,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """Name the clips whose label would teach a task most: doubtful, and unlike each other.

    `--csv` prints a table to fill in (1 or 0 in place of `?`) and to import.
    """
    from app.labelling.catalogue import open_catalogue
    from app.labelling.suggesting import suggest_clips
    from indexer.catalogue import Catalogue
    from indexer.trained import TrainedProbes, fitting

    source = open_catalogue(data, settings_of(data))
    asked = source.task(task)
    in_use, _ = fitting(TrainedProbes(Catalogue(data).probes_path).in_use(), source.encoder_id)
    found = suggest_clips(source, asked, in_use.get(task), count)
    if as_json:
        rows = [_suggestion(each, source) | {"task": asked.name} for each in found]
        print(json.dumps({"suggestions": rows}))
    elif as_csv:
        _print_form(found, source, asked)
    elif not found:
        print(f"Every clip in {data} is labelled for {task}.")
    else:
        cells = [
            [
                *(source.names[each.item.title_id], source.place(each.item)),
                ", ".join(each.classes) or "any",
            ]
            for each in found
        ]
        print_table(["title", "clip", "classes in doubt"], cells, ["title", "classes in doubt"])


def _suggestion(each: "Suggested", source: "ProbeData") -> dict[str, Any]:
    start, end = source.seconds(each.item)
    return {
        "title": source.names[each.item.title_id],
        "title_id": each.item.title_id,
        "start": start,
        "end": end,
        "timecode": source.place(each.item),
        "classes": list(each.classes),
    }


def _print_form(found: Sequence["Suggested"], source: "ProbeData", task: "Task") -> None:
    """Print a table of labels still to be answered, a row per clip and class."""
    from probes.labels.table import UNANSWERED

    rows = [
        [each.item.title_id, *source.seconds(each.item), task.name, name, UNANSWERED]
        for each in found
        for name in each.classes or task.class_names
    ]
    write_rows(sys.stdout, ["title", "start", "end", "task", "class", "value"], rows)


def _read(table: Path, data: Path, task: str | None, annotator: str | None) -> "Reading":
    """Read a table, and print its problems."""
    from app.labelling.titles import CatalogueTitles
    from probes.labels.rows import Defaults
    from probes.labels.table import read_table

    defaults = Defaults(date.today(), task, annotator)
    reading = read_table(table, CatalogueTitles(data), settings_of(data).known_tasks(), defaults)
    rows = [f"row {problem.row}: {problem.reason}" for problem in reading.problems]
    for line in first_lines(rows, "more rows are refused"):
        say(f"reelfind: {table}: {line}", problem=True)
    if reading.unanswered:
        print(f"reelfind: {table}: {reading.unanswered:,} rows unanswered (?)", file=sys.stderr)
    if reading.unused:
        say(f"reelfind: {table}: not used: {listed(reading.unused)}", problem=True)
    return reading


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
