"""What the commands of ``reelfind shortlist`` share: opening, reading places, showing."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import settings_of
from app.cli.tables import print_table
from app.cli.terminal import say
from app.running import ask_server
from indexer.catalogue import Catalogue
from indexer.errors import InUseError, ReelfindError

if TYPE_CHECKING:
    from app.remote import Client
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
    from app.shortlists.overview import overview

    found = overview(Catalogue(data), shortlist)
    if as_json:
        print(json.dumps(found))
        return
    if found["items"]:
        columns = ["#", "title", "in", "out", "seconds", "note"]
        print_table(columns, [_cells(row) for row in found["items"]], ["title", "note"])
    target = found["target_seconds"]
    against = f" of {target:.2f} s" if target else ""
    say(
        f"{found['name']}: {len(found['items'])} items, {found['total_seconds']:.2f} s{against}, "
        f"version {found['version']}"
    )
    for each in found["overlaps"]:
        shares = "is the same as" if each["duplicate"] else f"shares {each['frames']} frames with"
        print(f"Item {each['second']} {shares} item {each['first']}.")
    for row in found["items"]:
        if row["problem"]:
            say(f"Item {row['position']}: {row['problem']}.")


def _cells(row: dict[str, Any]) -> list[str]:
    if row["title"] is None:
        span = [str(row["start_frame"]), str(row["end_frame"]), ""]
        return [str(row["position"]), row["title_id"], *span, row["note"]]
    span = [row["timecode_in"], row["timecode_out"], f"{row['seconds']:.2f}"]
    return [str(row["position"]), row["title"], *span, row["note"]]


def seconds_cell(value: float | None) -> str:
    """Return seconds as a cell; nothing for none."""
    return f"{value:.2f}" if value else ""
