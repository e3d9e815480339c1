"""``reelfind saved``: searches with a name, what is new in them, and who is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.search import print_response, run_search
from app.cli.search_options import request_of, takes_search
from app.cli.terminal import print_table, say

if TYPE_CHECKING:
    from app.saved.store import SavedStore

app = typer.Typer(
    name="saved",
    help="Saved searches: run them by name, see what is new, have a webhook told.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="The saved search's name or id.")]


@app.command()
@partial(takes_search, left_out=("limit", "cursor"))
def add(
    name: Annotated[str, typer.Argument(help="A name for it.")],
    data: DataOption = DEFAULT_DATA,
    webhook: Annotated[
        str | None,
        typer.Option(help="An https address that is told when a newly indexed title matches."),
    ] = None,
    author: Annotated[str, typer.Option(envvar="REELFIND_AUTHOR", help="Who saves it.")] = "",
    as_json: JsonOption = False,
    **looked_for: Any,
) -> None:
    """Save a search under a name; the words and options are those of `reelfind search`.

    What the catalogue has now is not new in it. A webhook's secret is printed this once.
    """
    from app.saved.addresses import check_url
    from app.saved.arrivals import CatalogueArrivals
    from indexer.catalogue import Catalogue

    request = request_of(looked_for)
    if webhook is not None:
        check_url(webhook, settings_of(data).webhooks)
    with _store(data) as store:
        number = CatalogueArrivals(Catalogue(data)).last_number()
        made, secret = store.add(name, request, author, webhook, number)
    if as_json:
        print(json.dumps(made.model_dump(mode="json") | {"secret": secret}))
        return
    say(f"Saved {made.name}: reelfind saved run {made.name!r} --data {data}")
    if secret is not None:
        print(secret)
        typer.echo("Its webhook is signed with this secret. It is not shown again.", err=True)


@app.command("list")
def list_all(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the saved searches."""
    from app.saved.records import summary

    with _store(data) as store:
        found = store.all()
    if as_json:
        print(json.dumps({"saved": [each.model_dump(mode="json") for each in found]}))
    elif not found:
        print(f"No saved searches in {data} yet: reelfind saved add NAME WORDS --data {data}")
    else:
        rows = [
            [each.name, summary(each), f"{each.seen:%Y-%m-%d %H:%M} UTC", each.webhook or ""]
            for each in found
        ]
        print_table(["name", "search", "looked at", "webhook"], rows, ["name", "search", "webhook"])


@app.command()
def run(
    name: NameArgument,
    data: DataOption = DEFAULT_DATA,
    new: Annotated[
        bool, typer.Option("--new", help="Only hits in titles indexed since the last look.")
    ] = False,
    peek: Annotated[bool, typer.Option("--peek", help="Do not count this as a look.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run a saved search, and note that its hits were looked at."""
    from app.records import SearchResponse
    from app.saved.arrivals import CatalogueArrivals
    from app.saved.matching import new_since
    from indexer.catalogue import Catalogue

    def ask(request: Any) -> SearchResponse:
        return run_search(data, request)

    with _store(data) as store:
        saved = store.find(name)
        found = new_since(ask, CatalogueArrivals(Catalogue(data)), saved)
        response = SearchResponse(query=saved.runnable(), took_ms=0.0, hits=found.hits)
        if not new:
            response = ask(saved.runnable())
        if not peek:
            store.look(saved, found.until, found.number)
    if as_json:
        print(found.model_dump_json() if new else response.model_dump_json())
        return
    if response.hits or not new:
        print_response(response)
    titles = "1 title" if found.titles == 1 else f"{found.titles} titles"
    print(f"{len(found.hits)} new hits in {titles} indexed since {found.since:%Y-%m-%d %H:%M} UTC")


@app.command()
def remove(name: NameArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Forget a saved search, and what its webhook was still to be told."""
    with _store(data) as store:
        saved = store.find(name)
        store.remove(saved)
    say(f"Removed {saved.name}.")


@app.command()
def deliver(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Tell webhooks what is due now; `reelfind serve` and `reelfind index` do it by themselves."""
    from app.saved.notifier import notify_webhooks

    done = notify_webhooks(data, settings_of(data), lambda request: run_search(data, request), warn)
    if as_json:
        print(json.dumps({"written": done.written, "arrived": done.arrived, "failed": done.failed}))
    else:
        print(f"{done.written} new messages; {done.arrived} arrived, {done.failed} did not.")
    raise typer.Exit(int(done.failed > 0))


def warn(message: str) -> None:
    """Tell what could not be done, and go on."""
    say(f"reelfind: {message}", problem=True)


@contextmanager
def _store(data: Path) -> Iterator["SavedStore"]:
    from app.database.engine import Database
    from app.saved.store import SavedStore

    with Database.of(data, settings_of(data)) as database:
        yield SavedStore(database)
