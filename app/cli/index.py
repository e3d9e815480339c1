"""``reelfind index``: films to shots and clips that can be searched."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, ProfileOption, check_cluster
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.remote_path import path_of


def index(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Films, or folders that are searched for films; none: see below."),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    profile: ProfileOption = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Titles to work on at once.")] = 1,
    force: Annotated[
        bool, typer.Option("--force", help="Do every stage again, though nothing changed.")
    ] = False,
    refit: Annotated[
        bool,
        typer.Option(
            "--refit",
            help="Fit a new encoder to the whole catalogue and embed every title again with it.",
        ),
    ] = False,
    audio_track: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=1000,
            metavar="N",
            help="Use this audio track of the films, counted from 1, from now on; 0 chooses by "
            "language again.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="auto|HOST:PORT",
            help="Work on a Ray cluster: this machine's, or the one with this head. "
            "[default: cluster.address of the settings]",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done and how long it takes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find the shots and clips of films, embed them in context, and make them searchable.

    A second run does only what changed; a run that was stopped goes on where it was. Sidecars
    beside a film are read: `Film.srt`, `Film.en.vtt`, `Film.json`, `Film.nfo`, `catalog.csv`.

    Without films, what is indexed already is brought up to date with this version of Reelfind and
    with the probes in use, from what was analysed: no film is read.
    """
    from app.cli.index_run import print_plan, print_report, run_index
    from indexer.request import Request

    if not paths and (dry_run or not Catalogue(data).manifests()):
        why = "--dry-run estimates films" if dry_run else f"nothing is indexed in {data} yet"
        raise ReelfindError(f"{why}; name some: reelfind index FOLDER --data {data}")
    films = tuple(map(path_of, paths or ()))
    if audio_track is not None and not films:
        raise ReelfindError("--audio-track: is about films; name them")
    check_cluster(cluster)
    request = Request(
        films,
        force=force,
        refit=refit,
        rescore=not films,
        jobs=jobs,
        audio_track=audio_track,
        cluster=cluster,
    )
    debug = bool(context.find_root().params.get("debug"))
    if dry_run:
        failed = print_plan(request, data, profile, as_json)
    else:
        report = run_index(request, data, profile, debug)
        print_report(report, data, as_json)
        failed = bool(report.failed)
    raise typer.Exit(int(failed))
