"""What the commands of ``reelfind shortlist`` share: opening, reading places, showing."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.progress import Steps
from app.cli.terminal import print_table, say
from app.exports import formats
from app.running import ask_server
from indexer.catalogue import Catalogue
from indexer.errors import InUseError, ReelfindError
from indexer.settings import load_settings

if TYPE_CHECKING:
    from app.remote import Client
    from app.shortlists.bodies import ShortlistItem
    from app.shortlists.records import Item, Shortlist
    from app.shortlists.store import ShortlistStore
    from indexer.store.names import Level

AuthorOption = Annotated[
    str, typer.Option("--author", envvar="REELFIND_AUTHOR", help="Who changes it.")
]


@contextmanager
def open_store(data: Path) -> Iterator["ShortlistStore"]:
    """Open the shortlists of a data directory, which must be there."""
    from app.database.engine import Database
    from app.shortlists.store import ShortlistStore

    if not data.is_dir():
        raise ReelfindError(f"{data}: no such data directory; `reelfind index FOLDER` makes it")
    with Database.of(data, settings_of(data)) as database:
        yield ShortlistStore(database)


def items_of(data: Path, what: list[str], note: str) -> list["Item"]:
    """Return the items of ids of clips and shots, or of a title, its in and its out."""
    from app.runtime import Runtime
    from app.shortlists.spans import item_of_hit, item_of_span

    if len(what) == 3 and not _is_id(what[1]):
        return [item_of_span(Catalogue(data).find(what[0]), what[1], what[2], note)]
    with closing(Runtime(data, settings_of(data))) as runtime:
        try:
            return [item_of_hit(runtime, each, note) for each in what]
        except InUseError:
            found = ask_server(
                data, lambda client: [_item_from(client, each, note) for each in what]
            )
            if found is None:
                raise
            return found


def _item_from(client: "Client", identity: str, note: str) -> "Item":
    """Return the item of a clip or a shot, as the server that owns the index knows it."""
    from app.remote import ApiError
    from app.shortlists.records import Item
    from app.shortlists.spans import no_such_hit

    levels: tuple[Level, ...] = ("clip", "shot")
    for level in levels:
        try:
            hit = client.point(level, identity)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
        else:
            return Item(hit.title_id, hit.start_frame, hit.end_frame, note)
    raise no_such_hit(identity)


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def show_shortlist(data: Path, shortlist: "Shortlist", as_json: bool) -> None:
    """Print a shortlist: for people, with what is wrong below it."""
    from app.shortlists.overview import json_of, overview

    found = overview(Catalogue(data), shortlist)
    if as_json:
        print(json.dumps(json_of(found)))
        return
    if found.items:
        columns = ["#", "title", "in", "out", "seconds", "note"]
        print_table(columns, [_cells(item) for item in found.items], ["title", "note"])
    against = f" of {found.target_seconds:.2f} s" if found.target_seconds else ""
    say(
        f"{found.name}: {len(found.items)} items, {found.total_seconds:.2f} s{against}, "
        f"version {found.version}"
    )
    for each in found.overlaps:
        by = "" if each.duplicate else f" by {each.frames} frame{'' if each.frames == 1 else 's'}"
        what = "is the same as" if each.duplicate else "overlaps"
        print(f"Item {each.second} {what} item {each.first}{by}.")
    for item in found.items:
        if item.problem:
            say(f"Item {item.position}: {item.problem}.")


def _cells(item: "ShortlistItem") -> list[str]:
    if item.title is None:
        span = [str(item.start_frame), str(item.end_frame), ""]
        return [str(item.position), item.title_id, *span, item.note or item.reason]
    span = [item.timecode_in or "", item.timecode_out or "", f"{item.seconds:.2f}"]
    return [str(item.position), item.title, *span, item.note or item.reason]


def seconds_cell(value: float | None) -> str:
    """Return seconds as a cell; nothing for none."""
    return f"{value:.2f}" if value else ""


NameArgument = Annotated[str, typer.Argument(help="A shortlist's name or id.")]


def _one_of(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _endings() -> list[str]:
    """Return the endings of files, each with the name of its format where that is another."""
    named = {each.suffix: each.name for each in formats.FORMATS if each.name != each.suffix}
    return [
        f".{suffix} ({named[suffix].upper()})" if suffix in named else f".{suffix}"
        for suffix in formats.SUFFIXES
    ]


def export(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help=f"A {_one_of(_endings())} file.")],
    data: DataOption = DEFAULT_DATA,
    form: Annotated[
        str | None, typer.Option("--format", help=f"{_one_of(formats.SUFFIXES)}.")
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(help="Frames a second of the sequence, where titles differ: 25, 23.976."),
    ] = None,
    timecode: Annotated[
        bool, typer.Option("--timecode", help="Burn the source timecode into a reel.")
    ] = False,
    slate: Annotated[bool, typer.Option("--slate", help="Begin a reel with a slate.")] = False,
    map_path: Annotated[
        list[str] | None,
        typer.Option(
            "--map-path",
            help="Where the editor's machine has a folder: /mnt/films=/Volumes/Films. Repeatable; "
            "without it exports.map_path of the settings counts.",
        ),
    ] = None,
    reasons: Annotated[
        bool, typer.Option("--reasons", help="Add the reasons of suggested items to the notes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a shortlist for an editing system or for sign-off, or render it (.mp4)."""
    from app.exports.cut import make_cut
    from app.exports.delivery import Delivery
    from app.exports.rates import parse_rate
    from app.exports.reel import ReelOptions
    from indexer.library import Library
    from indexer.path_mapping import PathMapping

    chosen = formats.suffix_named(form) if form else formats.suffix_of(file)
    settings, catalogue = load_settings(data), Catalogue(data)
    mapping = PathMapping.parse(settings.exports.map_path if map_path is None else map_path)
    with open_store(data) as store:
        shortlist = store.find(name)
    cut = make_cut(catalogue, shortlist, parse_rate(rate) if rate else None)
    delivery = Delivery(cut, mapping, reasons, Library(catalogue), settings.decode)
    with Steps() as steps:
        steps.doing(f"writing {file.name}", 0.0)
        formats.export(
            *(delivery, file, chosen, ReelOptions(timecode, slate)),
            progress=lambda share: steps.doing(f"writing {file.name}", share),
            memory=settings.decode.memory,
        )
    seconds = float(cut.frames / cut.fps)
    if as_json:
        fps = f"{cut.fps.numerator}/{cut.fps.denominator}"
        row = {"file": str(file), "format": chosen, "fps": fps, "frames": cut.frames}
        print(json.dumps({**row, "seconds": seconds, "version": shortlist.version}))
        return
    say(f"{file}: {len(cut.events)} clips, {seconds:.2f} s, {cut.frames} frames")
