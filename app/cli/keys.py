"""``reelfind keys``: keys to the API and to the browser application, made and revoked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.auth.scopes import Scope
from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.terminal import print_table, say

if TYPE_CHECKING:
    from app.auth.keys import Key, KeyStore

app = typer.Typer(
    name="keys",
    help="Keys that `reelfind serve` asks for when other machines can reach it.",
    no_args_is_help=True,
)


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="Who or what uses it, such as promo-pipeline.")],
    data: DataOption = DEFAULT_DATA,
    scope: Annotated[
        Scope,
        typer.Option(
            help="read: search and fetch; write: also label, and sign in to the pages; "
            "admin: everything."
        ),
    ] = "read",
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it: it is kept as a hash, so this is the one time it is seen."""
    with _store(data) as store:
        text, key = store.make(name, scope)
    if as_json:
        print(json.dumps({"key": text} | _row(key)))
        return
    print(text)
    typer.echo(
        f"Key {key.key_id} for {name}, scope {scope}. Keep it: it is not shown again.", err=True
    )


@app.command("list")
def list_keys(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the keys, those that were revoked as well; the keys themselves are not known."""
    with _store(data) as store:
        keys = store.all()
    if as_json:
        print(json.dumps({"keys": [_row(key) for key in keys]}))
    elif not keys:
        print(f"No keys in {data} yet: reelfind keys make NAME --data {data}")
    else:
        cells = [
            [key.key_id, key.name, key.scope, f"{key.created} UTC", str(key.revoked or "")]
            for key in keys
        ]
        print_table(["id", "name", "scope", "made", "revoked"], cells, ["name"])


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's name or id.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Refuse a key from now on; a running server knows at once."""
    with _store(data) as store:
        revoked = store.revoke(key)
    say(f"Revoked {revoked.name} ({revoked.key_id}).")


@contextmanager
def _store(data: Path) -> Iterator["KeyStore"]:
    from app.auth.keys import KeyStore
    from app.database.engine import Database

    with Database.of(data, settings_of(data)) as database:
        yield KeyStore(database)


def _row(key: "Key") -> dict[str, Any]:
    return {
        name: value.isoformat() + "Z" if hasattr(value, "isoformat") else value
        for name, value in asdict(key).items()
    }
