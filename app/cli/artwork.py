"""``reelfind artwork`` and ``shortlist artwork``: the best stills, listed or written to a zip."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.artwork.records import MOST, SHAPES, PictureFormat, Shape, none_worth_showing
from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, Texts, TitleArgument, settings_of
from app.cli.shortlist_output import NameArgument, open_store
from app.cli.terminal import print_table, say
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError

if TYPE_CHECKING:
    from PIL.Image import Image

    from app.artwork.records import Artwork, ArtworkStill
    from indexer.library import Library
    from indexer.settings import Settings

CountOption = Annotated[int, typer.Option("--count", min=1, max=MOST, help="Stills, at most.")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="A zip to write the stills to, as large as the film."),
]
ShapeOption = Annotated[
    Texts,
    typer.Option(
        "--shape",
        help=f"Crops in the zip, one option each: {', '.join(SHAPES)}. `whole` is the frame "
        "without bars. [default: whole]",
    ),
]
FormatOption = Annotated[
    PictureFormat, typer.Option("--format", help="Of the pictures; PNG is without loss.")
]


def artwork(
    title: TitleArgument,
    data: DataOption = DEFAULT_DATA,
    count: CountOption = 10,
    out: OutOption = None,
    shape: ShapeOption = None,
    form: FormatOption = "webp",
    as_json: JsonOption = False,
) -> None:
    """List the best stills of a title, or write them as pictures."""
    from app.artwork.finding import artwork_of_title
    from indexer.library import Library

    settings, library = settings_of(data), Library(Catalogue(data))
    found = artwork_of_title(library.find(title), settings, count)
    _give(title, found, library, settings, out, _shapes(shape), form, as_json)


def shortlist_artwork(
    name: NameArgument,
    data: DataOption = DEFAULT_DATA,
    count: CountOption = 10,
    out: OutOption = None,
    shape: ShapeOption = None,
    form: FormatOption = "webp",
    as_json: JsonOption = False,
) -> None:
    """List the best stills of a shortlist's spans, or write them as pictures."""
    from app.artwork.finding import artwork_of_shortlist
    from indexer.library import Library

    settings, library = settings_of(data), Library(Catalogue(data))
    with open_store(data) as store:
        shortlist = store.find(name)
    found = artwork_of_shortlist(library, shortlist, settings, count)
    _give(name, found, library, settings, out, _shapes(shape), form, as_json)


def _shapes(given: list[str] | None) -> list[Shape]:
    unknown = [each for each in given or () if each not in SHAPES]
    if unknown:
        raise ReelfindError(f"--shape {unknown[0]}: is none of {', '.join(SHAPES)}")
    return [each for each in SHAPES if each in (given or ["whole"])]


def _give(
    name: str,
    found: "Artwork",
    library: "Library",
    settings: "Settings",
    out: Path | None,
    shapes: list[Shape],
    form: PictureFormat,
    as_json: bool,
) -> None:
    from app.artwork.files import write_zip

    if not found.stills:
        raise ReelfindError(none_worth_showing(name))
    if out is not None:
        count = write_zip(found, shapes, form, out, partial(_read, library, settings))
        if not as_json:
            say(f"{out}: {count} pictures of {len(found.stills)} stills")
            return
    if as_json:
        print(json.dumps(found.model_dump()))
        return
    cells = [
        [each.title, str(each.frame), each.timecode, f"{each.score:.2f}", str(len(each.faces))]
        for each in found.stills
    ]
    print_table(["title", "frame", "timecode", "score", "faces"], cells, ["title"])


def _read(library: "Library", settings: "Settings", still: "ArtworkStill") -> "Image":
    from app.artwork.files import read_frame

    return read_frame(library.find(still.title_id), still.frame, settings)
