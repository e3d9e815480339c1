"""``reelfind shortlist``: gather spans, put them in order and hand them over."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.artwork import shortlist_artwork
from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, Texts, settings_of
from app.cli.search import run_search
from app.cli.shortlist_output import (
    AuthorOption,
    NameArgument,
    export,
    items_of,
    open_store,
    seconds_cell,
    show_shortlist,
)
from app.cli.terminal import print_table, say
from app.search.request import SearchRequest
from app.trailer.records import ArcName
from indexer.catalogue import Catalogue
from indexer.characters import one_line
from indexer.errors import ReelfindError

if TYPE_CHECKING:
    from app.shortlists.records import Shortlist

app = typer.Typer(
    name="shortlist",
    help="Shortlists: gather spans of titles, order and trim them, hand them to an editing system.",
    no_args_is_help=True,
)

ItemArgument = Annotated[str, typer.Argument(help="An item's position, from 1, or its id.")]
VersionOption = Annotated[
    int | None,
    typer.Option("--if-version", help="Refuse where the shortlist is no longer this version."),
]
TargetOption = Annotated[
    float | None, typer.Option("--target", min=0.1, help="The length it should have, in seconds.")
]
NoteOption = Annotated[str, typer.Option("--note", help="A remark that goes along.")]


@app.command("list")
def list_all(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the shortlists."""
    from app.shortlists.overview import json_of, overview

    with open_store(data) as store:
        found = [overview(Catalogue(data), each) for each in store.all()]
    if as_json:
        print(json.dumps({"shortlists": [json_of(each) for each in found]}))
    elif not found:
        print(f"No shortlists in {data} yet: reelfind shortlist new NAME --data {data}")
    else:
        cells = [
            [
                *(each.name, str(len(each.items)), f"{each.total_seconds:.2f}"),
                *(seconds_cell(each.target_seconds), str(each.version)),
            ]
            for each in found
        ]
        print_table(["name", "items", "seconds", "target", "version"], cells, ["name"])


@app.command()
def show(name: NameArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Show a shortlist's items, its length, and what is in it twice or missing."""
    with open_store(data) as store:
        show_shortlist(data, store.find(name), as_json)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name.")],
    data: DataOption = DEFAULT_DATA,
    target: TargetOption = None,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a shortlist."""
    with open_store(data) as store:
        show_shortlist(data, store.create(name, target, author=author), as_json)


@app.command()
def add(
    name: NameArgument,
    what: Annotated[
        list[str],
        typer.Argument(help="Ids of clips or shots; or a title, its in and its out (exclusive)."),
    ],
    data: DataOption = DEFAULT_DATA,
    at: Annotated[int | None, typer.Option("--at", help="The position; else the end.")] = None,
    note: NoteOption = "",
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add clips, by the id that `reelfind search --json` prints, or TITLE IN OUT.

    IN and OUT are frames counted from 0, or timecodes on the source's start timecode; OUT is
    the first frame that is left out.
    """
    from app.shortlists import edits

    with open_store(data) as store:
        store.find(name)
        items = items_of(data, what, note)
        saved = store.change(name, lambda now: edits.add(now, items, at), author)
        show_shortlist(data, saved, as_json)


@app.command()
def remove(
    name: NameArgument,
    item: ItemArgument,
    data: DataOption = DEFAULT_DATA,
    if_version: VersionOption = None,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take an item out of a shortlist."""
    from app.shortlists import edits

    def edit(now: "Shortlist") -> "Shortlist":
        return edits.remove(now, edits.item_named(now, item).item_id)

    _change(data, name, edit, if_version, author, as_json)


@app.command()
def move(
    name: NameArgument,
    item: ItemArgument,
    position: Annotated[int, typer.Argument(help="Where it goes, from 1.")],
    data: DataOption = DEFAULT_DATA,
    if_version: VersionOption = None,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Give an item another position."""
    from app.shortlists import edits

    def edit(now: "Shortlist") -> "Shortlist":
        return edits.move(now, edits.item_named(now, item).item_id, position)

    _change(data, name, edit, if_version, author, as_json)


@app.command()
def trim(
    name: NameArgument,
    item: ItemArgument,
    data: DataOption = DEFAULT_DATA,
    first: Annotated[
        str | None, typer.Option("--in", help="The first frame, or its timecode.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--out", help="The first frame left out, or its timecode.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="Another remark.")] = None,
    if_version: VersionOption = None,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Give an item another first frame, another end, or another note."""
    from app.shortlists import edits
    from app.shortlists.spans import check_inside, frame_at, title_of

    def edit(now: "Shortlist") -> "Shortlist":
        chosen = edits.item_named(now, item)
        if first is not None or last is not None:
            manifest = title_of(Catalogue(data), chosen)
            start, end = (
                None if place is None else frame_at(manifest.title.media, place)
                for place in (first, last)
            )
            now = edits.trim(now, chosen.item_id, start, end)
            check_inside(manifest, edits.item_named(now, chosen.item_id).end_frame)
        return now if note is None else edits.annotate(now, chosen.item_id, note)

    _change(data, name, edit, if_version, author, as_json)


@app.command()
def rename(
    name: NameArgument,
    data: DataOption = DEFAULT_DATA,
    to: Annotated[str | None, typer.Option("--to", help="Its new name.")] = None,
    target: TargetOption = None,
    if_version: VersionOption = None,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Give a shortlist another name, another target length, or both."""

    def edit(now: "Shortlist") -> "Shortlist":
        return replace(now, name=to or now.name, target_seconds=target or now.target_seconds)

    _change(data, name, edit, if_version, author, as_json)


@app.command()
def undo(
    name: NameArgument,
    data: DataOption = DEFAULT_DATA,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take back the latest change; repeat it to go further back."""
    with open_store(data) as store:
        show_shortlist(data, store.undo(store.find(name), author), as_json)


@app.command()
def delete(
    name: NameArgument,
    data: DataOption = DEFAULT_DATA,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a shortlist and its history."""
    with open_store(data) as store:
        found = store.find(name)
        if not yes:
            typer.confirm(
                one_line(f"Delete {found.name} with its {len(found.items)} items?"), abort=True
            )
        store.delete(found)
    say(f"Deleted {found.name}.")


app.command("export")(export)
app.command("artwork")(shortlist_artwork)


@app.command("suggest")
def suggest(
    name: Annotated[str, typer.Argument(help="The name of the new shortlist.")],
    data: DataOption = DEFAULT_DATA,
    length: Annotated[float, typer.Option(min=1, max=600, help="Seconds, at most.")] = 60.0,
    arc: Annotated[ArcName, typer.Option(help="How intensity goes along it.")] = "rising",
    title: Annotated[Texts, typer.Option(help="Only these titles; repeatable.")] = None,
    series: Annotated[Texts, typer.Option(help="Only these series; repeatable.")] = None,
    genre: Annotated[Texts, typer.Option(help="Any of these genres; repeatable.")] = None,
    tone: Annotated[Texts, typer.Option(help="Any of these tones; repeatable.")] = None,
    tone_none: Annotated[Texts, typer.Option(help="None of these tones; repeatable.")] = None,
    min_worthiness: Annotated[
        float | None, typer.Option(min=0, max=1, help="Least percentile of clip-worthiness.")
    ] = None,
    endings: Annotated[
        bool, typer.Option("--endings", help="Take from the last fifth of titles too.")
    ] = False,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a shortlist that is a first trailer, for a person to edit.

    Moments are chosen by clip-worthiness, variety of tone and the arc; no spoken line is cut
    into. The same catalogue gives the same trailer.
    """
    from app.trailer.gathering import gather
    from app.trailer.records import Brief
    from app.trailer.suggesting import items, suggest, tone_groups

    brief = Brief(length, arc, endings)
    request = SearchRequest(
        q="",
        title=title or [],
        series=series or [],
        genre=genre or [],
        tone=tone or [],
        tone_none=tone_none or [],
        min_worthiness=min_worthiness,
    )
    spans = gather(Catalogue(data), lambda each: run_search(data, each), request)
    groups = tone_groups(settings_of(data).known_tasks())
    found = suggest(spans, brief, groups)
    with open_store(data) as store:
        show_shortlist(data, store.create(name, length, items(found), author), as_json)


def _change(
    data: Path,
    name: str,
    edit: Callable[["Shortlist"], "Shortlist"],
    if_version: int | None,
    author: str,
    as_json: bool,
) -> None:
    """Apply an edit that names items by position, so never to another version than was read."""
    with open_store(data) as store:
        now = store.find(name)
        if if_version is not None and if_version != now.version:
            if if_version > now.version:
                raise ReelfindError(f"{now.name}: is at version {now.version}, not {if_version}")
            # Refused, with what changed since then.
            store.save(replace(now, version=if_version), author)
        show_shortlist(data, store.save(edit(now), author), as_json)
