"""``reelfind titles``, ``shots``, ``clips`` and ``remove``: what the index holds."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from indexer.errors import InUseError, ReelfindError

if TYPE_CHECKING:
    from app.titles.records import Aspect, SimilarTitles
    from indexer.manifest import Manifest

Rows = list[dict[str, Any]]
FLEXIBLE = {"title", "genres", "tones", "text"}


def titles(
    data: DataOption = DEFAULT_DATA,
    like: Annotated[
        str | None,
        typer.Option(help="Only titles that are like this one, best first: id, name or file."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="With --like: compare story, look or sound only; repeatable. [default: all]"
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="With --like: most titles.")] = 10,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the titles of the index, or those that are like one."""
    from app.search.compatibility import notice_of
    from app.summaries import summary

    if like is not None:
        asked = _aspects(by or [])
        _print_similar(data, Catalogue(data).find(like), asked, limit, as_csv, as_json)
        return
    if by:
        raise ReelfindError("--by: compares with a title; name it with --like")
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


def _print_similar(
    data: Path, title: "Manifest", by: "list[Aspect]", limit: int, as_csv: bool, as_json: bool
) -> None:
    from indexer.title_vectors import PARTS

    found = _similar(data, title.title.title_id, by, limit)
    if as_json:
        print(found.model_dump_json())
        return
    rows = [
        {
            "title_id": each.title.title_id,
            "title": each.title.title,
            "score": each.score,
            **{part: each.parts.get(part) for part in PARTS},
            "genres": each.title.genres,
        }
        for each in found.titles
    ]
    if not rows and not as_csv:
        print(f"No other title can be compared by {', '.join(by) or 'what it has'}.")
        return
    columns = [part for part in PARTS if not by or part in by]
    _print(rows, "titles", as_csv, False, ["title_id", "title", "score", *columns, "genres"])


def _aspects(names: list[str]) -> "list[Aspect]":
    from app.titles.records import ASPECTS

    unknown = next((name for name in names if name not in ASPECTS), None)
    if unknown is not None:
        raise ReelfindError(f"--by: {unknown} cannot be compared; take {', '.join(ASPECTS)}")
    return [each for each in ASPECTS if each in names]


def _similar(data: Path, title_id: str, by: "list[Aspect]", limit: int) -> "SimilarTitles":
    """Compare here, or let the server that owns the index do it."""
    from app.running import ask_server
    from app.runtime import Runtime
    from app.titles.similar import similar_titles

    runtime = Runtime(data, settings_of(data))
    try:
        return similar_titles(runtime, title_id, by, limit)
    except InUseError:
        answer = ask_server(data, lambda client: client.similar_titles(title_id, by, limit))
        if answer is None:
            raise
        return answer
    finally:
        runtime.close()


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
