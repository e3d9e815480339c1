"""Shards of the embedded engine: made, opened, and what their errors mean."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import qdrant_edge as edge

from indexer.errors import StoreError
from indexer.store.schema import CollectionSchema
from indexer.store.translate import edge_config, edge_index


def make_shard(folder: Path, schema: CollectionSchema) -> None:
    """Make an empty shard in an empty folder, and close it.

    Raises:
        StoreError: the engine cannot.
    """
    with engine_errors(folder):
        shard = edge.EdgeShard.create(str(folder), edge_config(schema))
        # Before any point: an index made later has to read them all.
        add_indexes(shard, schema)
        shard.flush()
        shard.close()


def load_shard(folder: Path) -> edge.EdgeShard:
    """Return the shard in a folder.

    Raises:
        StoreError: its files are damaged.
    """
    try:
        return edge.EdgeShard.load(str(folder))
    except BaseException as error:
        if not isinstance(error, Exception) and not _is_panic(error):
            raise
        # Its errors are text alone; the engine opens its files for writing, to search as well.
        denied = any(f"os error {number})" in str(error) for number in (errno.EACCES, errno.EROFS))
        step = (
            "make the folder and all in it writable"
            if denied
            else "delete this folder and run `reelfind index`, which writes it again from what was"
            " analysed"
        )
        raise StoreError(
            f"{folder}: the index cannot be opened ({_line(error)}); {step}"
        ) from error


def add_indexes(shard: edge.EdgeShard, schema: CollectionSchema) -> None:
    """Make the payload indexes that a shard lacks."""
    for field in sorted(schema.indexes.keys() - shard.info().payload_schema.keys()):
        kind = edge_index(schema.indexes[field])
        shard.update(edge.UpdateOperation.create_field_index(field, kind))


@contextmanager
def engine_errors(folder: Path) -> Iterator[None]:
    """Turn the engine's errors, all of the class ``Exception`` itself, and its panics into ours.

    A panic of Rust code arrives as a ``BaseException``, which would end the thread.
    """
    try:
        yield
    except BaseException as error:
        if _is_panic(error):
            raise StoreError(
                f"{folder}: the engine failed at this request ({_line(error)}); if every request"
                " fails, delete this folder and run `reelfind index`, else report it"
            ) from error
        if type(error) is not Exception:
            raise
        if "No space left on device" in str(error):
            raise StoreError(
                f"{folder}: the disk is full; free some space, then run again"
            ) from error
        raise StoreError(
            f"{folder}: {_line(error)}; if it says so again, delete this folder and run"
            " `reelfind index`, which writes it again from what was analysed"
        ) from error


def _is_panic(error: BaseException) -> bool:
    # The class is made anew in each extension module and cannot be imported.
    return type(error).__name__ == "PanicException"


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
