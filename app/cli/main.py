"""Entry point of ``reelfind``: commands, version, and errors in one line."""

import atexit
import gc
import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console

from app.cli import (
    ads,
    artwork,
    demo,
    encoder,
    features,
    index,
    keys,
    labels,
    mcp,
    models,
    people,
    probes,
    saved,
    search,
    serve,
    shortlist,
    store,
    titles,
)
from app.cli.terminal import take_any_letter, tell
from app.garbage_collection import collect_seldom
from indexer.errors import ReelfindError, disk_error
from probes.messages import MESSAGE, shortened

app = typer.Typer(
    name="reelfind",
    help="Find clips in your own films by what is seen, said and felt in them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog='A first try: `reelfind index FOLDER`, then `reelfind search "a dog on a beach"` '
    "or `reelfind serve`.",
)
app.command("index")(index.index)
app.command("search")(search.search)
app.command("ads")(ads.ads)
app.command("titles")(titles.titles)
app.command("shots")(titles.shots)
app.command("clips")(titles.clips)
app.command("artwork")(artwork.artwork)
app.command("remove")(titles.remove)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)
app.add_typer(encoder.app)
app.add_typer(features.app)
app.add_typer(keys.app)
app.add_typer(labels.app)
app.add_typer(models.app)
app.add_typer(people.app)
app.add_typer(probes.app)
app.add_typer(saved.app)
app.add_typer(shortlist.app)
app.add_typer(store.app)

DEBUG = "--debug"


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"reelfind {version('reelfind')}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
    debug: Annotated[bool, typer.Option(DEBUG, help="Show the traceback of an error.")] = False,
) -> None:
    del show_version, debug


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed in part or whole, 2 wrong usage."""
    collect_seldom()
    # What is left at the end goes with the process: to look for cycles in it takes seconds.
    atexit.register(gc.freeze)
    arguments = sys.argv[1:]
    debug = DEBUG in arguments
    # Accepted anywhere on the line, since it is added after something went wrong.
    arguments = ([DEBUG] if debug else []) + [each for each in arguments if each != DEBUG]
    take_any_letter()
    try:
        app(args=arguments)
    except BrokenPipeError:
        os._exit(1)
    except (ReelfindError, OSError) as error:
        known = error if isinstance(error, ReelfindError) else disk_error(error)
        if debug or known is None:
            raise
        # A note holds what only the operator may read, such as where the database is.
        line = "; ".join([str(known), *getattr(known, "__notes__", [])])
        tell(Console(stderr=True), f"reelfind: {shortened(line, MESSAGE)}", "red")
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nreelfind: stopped; run the same command to go on from here", file=sys.stderr)
        sys.stderr.flush()
        # Worker threads may be deep inside a network; everything on disk is whole at any moment.
        os._exit(130)


if __name__ == "__main__":
    main()
