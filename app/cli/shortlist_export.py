"""``reelfind shortlist export``: a shortlist for an editing system, or as a reel."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli.bar import Steps
from app.cli.options import DEFAULT_DATA, DataOption, JsonOption
from app.cli.shortlist_parts import open_store
from app.cli.terminal import say
from indexer.catalogue import Catalogue
from indexer.settings import load_settings

NameArgument = Annotated[str, typer.Argument(help="A shortlist's name or id.")]


def export(
    name: NameArgument,
    file: Annotated[
        Path, typer.Argument(help="A .otio, .edl, .xml (FCP7), .fcpxml, .csv or .mp4 file.")
    ],
    data: DataOption = DEFAULT_DATA,
    form: Annotated[
        str | None, typer.Option("--format", help="otio, edl, xml, fcpxml, csv or mp4.")
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(help="Frames a second of the sequence, where titles differ: 25, 23.976."),
    ] = None,
    timecode: Annotated[
        bool, typer.Option("--timecode", help="Burn the source timecode into a reel.")
    ] = False,
    slate: Annotated[bool, typer.Option("--slate", help="Begin a reel with a slate.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a shortlist for an editing system, or render it (.mp4)."""
    from app.exports import formats
    from app.exports.cut import make_cut
    from app.exports.rates import parse_rate
    from app.exports.reel import ReelOptions

    chosen = formats.format_named(form) if form else formats.format_of(file)
    with open_store(data) as store:
        shortlist = store.find(name)
    cut = make_cut(Catalogue(data), shortlist, parse_rate(rate) if rate else None)
    with Steps() as steps:
        steps.doing(f"writing {file.name}", 0.0)
        formats.export(
            *(cut, file, chosen, ReelOptions(timecode, slate)),
            progress=lambda share: steps.doing(f"writing {file.name}", share),
            memory=load_settings(data).decode.memory,
        )
    seconds = float(cut.frames / cut.fps)
    if as_json:
        fps = f"{cut.fps.numerator}/{cut.fps.denominator}"
        row = {"file": str(file), "format": chosen, "fps": fps, "frames": cut.frames}
        print(json.dumps({**row, "seconds": seconds, "version": shortlist.version}))
        return
    say(f"{file}: {len(cut.events)} clips, {seconds:.2f} s, {cut.frames} frames")
