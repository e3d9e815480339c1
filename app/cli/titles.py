"""``reelfind titles``, ``shots``, ``clips`` and ``remove``: what the index holds."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import (
    DEFAULT_DATA,
    CsvOption,
    DataOption,
    JsonOption,
    TitleArgument,
    settings_of,
)
from app.cli.terminal import print_table, say, say_warnings
from app.exports.spreadsheets import write_rows
from indexer.catalogue import Catalogue
from indexer.characters import one_line

Rows = list[dict[str, Any]]
FLEXIBLE = {"title", "genres", "tones", "text"}


def titles(
    data: DataOption = DEFAULT_DATA, as_csv: CsvOption = False, as_json: JsonOption = False
) -> None:
    """List the titles of the index."""
    from app.search.compatibility import notice_of
    from app.summaries import summary

    manifests = Catalogue(data).manifests()
    rows = [summary(manifest).model_dump() for manifest in manifests]
    if not rows and not (as_csv or as_json):
        print(f"Nothing is indexed in {data} yet: reelfind index FOLDER --data {data}")
        return
    shown = ["title_id", "title", "duration_seconds", "shots", "clips", "genres", "timed_text"]
    _print(rows, "titles", as_csv, as_json, shown)
    if not (as_csv or as_json):
        say_warnings(row["warnings"] for row in rows)
    for notice in dict.fromkeys(notice_of(manifest.pair) for manifest in manifests):
        if notice:
            print(notice, file=sys.stderr)


def shots(
    title: TitleArgument,
    data: DataOption = DEFAULT_DATA,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the shots of a title: frames, timecodes, transition, text and scores."""
    from app.titles.cutlist import shot_rows
    from indexer.library import Library

    rows = shot_rows(Library(Catalogue(data)).find(title))
    shown = ["index", "timecode_in", "timecode_out", "transition", "tones", "clip_worthiness"]
    _print(rows, "shots", as_csv, as_json, [*shown, "text"])


def clips(
    title: TitleArgument,
    data: DataOption = DEFAULT_DATA,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the clips of a title: frames, timecodes, shots, text and scores."""
    from app.titles.cutlist import clip_rows
    from indexer.library import Library

    rows = clip_rows(Library(Catalogue(data)).find(title))
    shown = ["index", "timecode_in", "timecode_out", "shots", "tones", "clip_worthiness"]
    _print(rows, "clips", as_csv, as_json, [*shown, "text"])


def remove(
    title: TitleArgument,
    data: DataOption = DEFAULT_DATA,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a title from the index; the film itself is not touched."""
    catalogue = Catalogue(data)
    manifest = catalogue.find(title)
    name = manifest.title.metadata.name
    if not yes:
        typer.confirm(one_line(f"Remove {name} from the index in {data}?"), abort=True)
    from app.database.engine import Database
    from app.database.turns import catalogue_of
    from app.jobs.handover import run_on_server
    from app.jobs.records import JobRequest
    from indexer.listener import Silence
    from indexer.removal import remove_title

    asked = JobRequest(kind="remove", titles=(manifest.title.title_id,))
    if run_on_server(data, asked, Silence()) is None:
        settings = settings_of(data)
        with Database.of(data, settings) as database:
            remove_title(catalogue_of(data, settings, database), settings, manifest)
    say(f"Removed {name}.")


def _print(rows: Rows, name: str, as_csv: bool, as_json: bool, shown: list[str]) -> None:
    if as_json:
        print(json.dumps({name: rows}))
        return
    if as_csv:
        _print_csv(rows)
        return
    cells = [[_cell(row[field]) for field in shown] for row in rows]
    print_table(shown, cells, [field for field in shown if field in FLEXIBLE])


def _print_csv(rows: Rows) -> None:
    if rows:
        write_rows(sys.stdout, list(rows[0]), (list(map(_cell, row.values())) for row in rows))


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(Path(value)) if isinstance(value, Path) else "" if value is None else str(value)
