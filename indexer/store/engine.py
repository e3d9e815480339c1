"""Shards of the embedded engine: made, opened, and what their errors mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import qdrant_edge as edge

from indexer.errors import ReelfindError
from indexer.store.schema import CollectionSchema
from indexer.store.translate import edge_config, edge_index


def make_shard(folder: Path, schema: CollectionSchema) -> None:
    """Make an empty shard in an empty folder, and close it.

    Raises:
        ReelfindError: the engine cannot.
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
        ReelfindError: its files are damaged.
    """
    try:
        return edge.EdgeShard.load(str(folder))
    except Exception as error:
        raise ReelfindError(
            f"{folder}: the index cannot be opened ({_line(error)}); delete this folder and"
            " run `reelfind index` again"
        ) from error


def add_indexes(shard: edge.EdgeShard, schema: CollectionSchema) -> None:
    """Make the payload indexes that a shard lacks."""
    for field in sorted(schema.indexes.keys() - shard.info().payload_schema.keys()):
        kind = edge_index(schema.indexes[field])
        shard.update(edge.UpdateOperation.create_field_index(field, kind))


@contextmanager
def engine_errors(folder: Path) -> Iterator[None]:
    """Turn the engine's errors, all of the class ``Exception`` itself, into ours."""
    try:
        yield
    except Exception as error:
        if type(error) is not Exception:
            raise
        raise ReelfindError(
            f"{folder}: {_line(error)}; if it says so again, delete this folder and run"
            " `reelfind index` again"
        ) from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
