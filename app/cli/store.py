"""``reelfind store``: the index as files, to move it between the embedded engine and a server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError

if TYPE_CHECKING:
    from indexer.store.base import Store
    from indexer.store.moving import Export

app = typer.Typer(
    name="store",
    help="Move the index between the embedded engine and a Qdrant server.",
    no_args_is_help=True,
)


@app.command("export")
def export_(
    folder: Annotated[Path, typer.Argument(help="A folder to make; it must not be there yet.")],
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Write every shot, clip and title of the index, with vectors, to a folder of parquet files.

    The folder appears when all of it is written. Stills, settings and encoders are not in it:
    they stay in the data directory, whichever engine keeps the index.
    """
    from indexer.store.moving import export_pair
    from indexer.title_points import fill_titles

    catalogue = Catalogue(data)
    profile = _profile(catalogue)
    with _opened(catalogue) as store:
        fill_titles(catalogue, store)
        about = export_pair(store, profile, folder)
    _print(about, f"Written to {folder}", as_json)


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="A folder that `reelfind store export` made.")],
    data: DataOption = DEFAULT_DATA,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the index that is there.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring an export of this catalogue into the engine that the settings name now.

    All of it is read and checked before anything is written, and read back before search uses
    it. Stopped half-way, run it again.
    """
    from indexer.store.moving import import_pair, read_export
    from indexer.title_points import fill_titles

    catalogue = Catalogue(data)
    profile = _profile(catalogue)
    about = read_export(folder)
    if about.profile != profile:
        raise ReelfindError(
            f"{folder}: is of profile {about.profile!r} and {data} of {profile!r}; vectors of two"
            " profiles never mix: name the data directory that it was exported from"
        )
    _refuse_another_encoder(catalogue, folder, about)
    with _opened(catalogue) as store:
        new = import_pair(store, folder, about, replace)
        fill_titles(catalogue, store)
    _print(about, "Imported" if new else "There already", as_json)


@contextmanager
def _opened(catalogue: Catalogue) -> Iterator["Store"]:
    """Open the store while no other process indexes into it."""
    from app.database.engine import Database
    from app.database.turns import catalogue_of
    from indexer.opening import open_index

    settings = settings_of(catalogue.path)
    with Database.of(catalogue.path, settings) as database:
        lock = catalogue_of(catalogue.path, settings, database).writer.take()
        try:
            with open_index(catalogue, settings) as store:
                yield store
        finally:
            lock.release()


def _profile(catalogue: Catalogue) -> str:
    profile = catalogue.profile
    if profile is None:
        raise ReelfindError(
            f"{catalogue.path}: is no data directory; name the one of this index with --data"
        )
    return profile


def _refuse_another_encoder(catalogue: Catalogue, folder: Path, about: "Export") -> None:
    """Refuse points that the catalogue's titles do not know: nothing would find their stills."""
    pairs = {manifest.pair for manifest in catalogue.manifests()}
    if pairs and about.pair not in pairs:
        raise ReelfindError(
            f"{folder}: holds the index {about.pair}, and the titles of {catalogue.path} are in"
            f" {', '.join(sorted(pairs))}; export it again"
        )


def _print(about: "Export", done: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps(about.model_dump(mode="json")))
        return
    *parts, last = [
        f"{moved.points} {name.rpartition('-')[2]}" for name, moved in about.collections.items()
    ]
    print(f"{done}: {', '.join(parts)} and {last} of {about.pair}.")
