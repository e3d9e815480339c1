"""Moves a catalogue's collections from one store to another through files, without new analysis.

A folder holds ``export.json`` and for each collection parquet files of up to ``PART`` points:
``id``, ``payload`` (JSON) and one column a vector, dense ones as lists of float32, which hold
the store's float16 exactly, sparse ones as a struct of indices and values; null where a point
lacks it. The digest of a collection is the SHA-256 of its points in order of id, as
``indexer.store.rows`` writes them: the same in every store that holds the same.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError
from qdrant_client import models

from encoder.atomic import remove_folder, sync, unfinished_folder, write_text
from indexer.errors import ReelfindError
from indexer.store import folders
from indexer.store.base import Store
from indexer.store.names import collections_of, pair
from indexer.store.rows import points_of, table_of, update_digest
from indexer.store.schema import CollectionSchema

FORMAT = 1
ABOUT = "export.json"
PART = 512
"""Points of one file and of one request: what is in memory at a time."""


class MovedCollection(BaseModel):
    """A collection's entry in ``export.json``: its schema, and count and digest to verify it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dense: dict[str, int]
    sparse: tuple[str, ...]
    indexes: dict[str, models.PayloadSchemaType]
    points: int
    digest: str

    @property
    def schema_(self) -> CollectionSchema:
        """The schema to make it with."""
        return CollectionSchema(self.dense, self.sparse, self.indexes)


class Export(BaseModel):
    """The content of ``export.json``; ``pair`` is the name of the pair that search uses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    profile: str
    pair: str
    collections: dict[str, MovedCollection]


def export_pair(store: Store, profile: str, folder: Path) -> Export:
    """Write the pair that search reads to ``folder``, which appears when all of it is there.

    Raises:
        ReelfindError: there is no pair, or the folder exists or cannot be written.
    """
    name = store.current()
    if name is None:
        raise ReelfindError("the store holds no index to export; run `reelfind index` first")
    if folder.exists():
        raise ReelfindError(f"{folder}: is there already; name a folder that is not")
    try:
        draft = unfinished_folder(folder.parent)
        try:
            moved = {
                each: _export(store, each, draft / each)
                for each in collections_of(name)
                if store.exists(each)
            }
            about = Export(profile=profile, pair=name, collections=moved)
            write_text(draft / ABOUT, about.model_dump_json(indent=1))
            folders.commit(draft, folder)
        except BaseException:
            remove_folder(draft)
            raise
    except OSError as error:
        raise ReelfindError(
            f"{folder}: cannot be written ({error.strerror}); name another folder"
        ) from error
    return about


def read_export(folder: Path) -> Export:
    """Return what ``folder`` holds, after reading all of it.

    Raises:
        ReelfindError: it is no export, of another version, or damaged.
    """
    file = folder / ABOUT
    try:
        about = Export.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise ReelfindError(
            f"{file}: cannot be read as an export; name a folder that `reelfind store export` made"
        ) from error
    if about.format != FORMAT:
        raise ReelfindError(
            f"{file}: is of format {about.format}, this version reads {FORMAT}; export it again"
        )
    for name, moved in about.collections.items():
        found = _Sum()
        for part in _parts(folder / name):
            found.add(_read_part(part))
        if (found.points, found.digest) != (moved.points, moved.digest):
            raise ReelfindError(
                f"{folder / name}: holds {found.points} points where {moved.points} were written,"
                " or others; copy the export again"
            )
    return about


def import_pair(store: Store, folder: Path, about: Export, replace: bool = False) -> bool:
    """Bring an export into a store and let search read it; return False if it was there already.

    Search switches over when every point is written and was read back. A killed run does not
    affect search, and the next one completes it. If search already uses a pair of this name, its
    points are replaced one by one instead, so that points in both are always found. Titles do not
    count in the comparison with existing collections: they follow the catalogue's own files.

    Raises:
        ReelfindError: search reads another index already and ``replace`` is false, or what was
            read back is not what was written; search is then left as it was.
    """
    current = store.current()
    if current == about.pair and _same(store, about, pair(about.pair)):
        return False
    if current is not None and not replace:
        raise ReelfindError(
            f"search already reads the index {current}, which is not the same; to put the"
            f" export {about.pair} in its place, add --replace"
        )
    for name, moved in about.collections.items():
        store.ensure_schema(name, moved.schema_)
        _fill(store, name, folder / name)
    if not _same(store, about, about.collections):
        raise ReelfindError(
            f"the store does not hold what {folder} does, though it took every point; is another"
            " program writing to it? Run the import again"
        )
    store.set_current(about.pair)
    for name in about.collections:
        store.maintain(name)
    return True


class _Sum:
    """A running count and digest of points."""

    def __init__(self) -> None:
        self.points = 0
        self._hash = hashlib.sha256()

    def add(self, page: list[models.Record] | list[models.PointStruct]) -> None:
        """Count a page."""
        self.points += len(page)
        for point in page:
            update_digest(self._hash, point)

    @property
    def digest(self) -> str:
        """Of all points so far."""
        return self._hash.hexdigest()


def _export(store: Store, collection: str, folder: Path) -> MovedCollection:
    folder.mkdir()
    schema, found = store.schema(collection), _Sum()
    for number, page in enumerate(_pages(store, collection)):
        found.add(page)
        table_of(page, schema).write_parquet(folder / f"points-{number:06}.parquet")
    sync(folder)
    return MovedCollection(
        dense=dict(schema.dense),
        sparse=schema.sparse,
        indexes=dict(schema.indexes),
        points=found.points,
        digest=found.digest,
    )


def _fill(store: Store, collection: str, folder: Path) -> None:
    """Write every point of the files, then delete what else the collection holds."""
    wanted: set[str] = set()
    for part in _parts(folder):
        points = _read_part(part)
        wanted |= {str(point.id) for point in points}
        store.upsert(collection, points)
    for page in list(_stray(store, collection, wanted)):
        condition = models.HasIdCondition(has_id=[*page])
        store.delete(collection, models.Filter(must=[condition]))
    store.flush(collection)


def _stray(store: Store, collection: str, wanted: set[str]) -> Iterator[list[str]]:
    for page in _pages(store, collection, with_vectors=False):
        others = [str(point.id) for point in page if str(point.id) not in wanted]
        if others:
            yield others


def _same(store: Store, about: Export, collections: Iterable[str]) -> bool:
    """Return whether collections hold exactly the points in the export."""
    for name in collections:
        moved = about.collections[name]
        if not store.exists(name) or store.schema(name).sizes != moved.schema_.sizes:
            return False
        if store.count(name) != moved.points:
            return False
        found = _Sum()
        for page in _pages(store, name):
            found.add(page)
        if found.digest != moved.digest:
            return False
    return True


def _pages(
    store: Store, collection: str, with_vectors: bool = True
) -> Iterator[list[models.Record]]:
    offset: str | None = None
    while True:
        page, offset = store.scroll(
            collection, limit=PART, offset=offset, with_vectors=with_vectors
        )
        if page:
            yield page
        if offset is None:
            return


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("points-*.parquet"))


def _read_part(file: Path) -> list[models.PointStruct]:
    try:
        return points_of(pl.read_parquet(file))
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise ReelfindError(f"{file}: cannot be read; copy the export again") from error
