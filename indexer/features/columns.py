"""Columns of a parquet table: found, checked by kind, and turned into vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from indexer.backbones.base import Vectors
from indexer.errors import ReelfindError
from probes.messages import listed


def scan(path: Path, wanted: Sequence[str]) -> tuple[pl.LazyFrame, pl.Schema]:
    """Open a parquet table without reading its rows.

    Raises:
        ReelfindError: it is not there, is not parquet, or lacks a ``wanted`` column.
    """
    if not path.is_file():
        raise ReelfindError(f"{path}: there is no such file; name a parquet table")
    try:
        frame = pl.scan_parquet(path, glob=False)
        schema = frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ReelfindError(
            f"{path}: not a parquet table ({_first_line(error)}); write it again as parquet"
        ) from error
    missing = [name for name in wanted if name not in schema]
    if missing:
        raise ReelfindError(
            f"{path}: no column {', '.join(missing)}; it has {listed(schema) or 'none'}; "
            "add or rename it"
        )
    return frame, schema


def collect(path: Path, frame: pl.LazyFrame) -> pl.DataFrame:
    """Read what ``scan`` opened.

    Raises:
        ReelfindError: the file is damaged.
    """
    try:
        return frame.collect(engine="streaming")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ReelfindError(
            f"{path}: cannot be read ({_first_line(error)}); write the table again"
        ) from error


def check_kind(path: Path, schema: pl.Schema, column: str, fits: bool, kind: str) -> None:
    """Raise the error of a column of the wrong kind, if the caller found it wrong.

    Raises:
        ReelfindError: it is not.
    """
    if not fits:
        raise ReelfindError(
            f"{path}: column {column} holds {schema[column]}, not {kind}; write it as {kind}"
        )


def is_identifier(kind: pl.DataType) -> bool:
    """Return whether values of this type can identify a title."""
    return kind.is_integer() or kind in (pl.String, pl.Categorical, pl.Enum)


def is_vectors(kind: pl.DataType) -> bool:
    """Return whether values of this type are lists or arrays of numbers."""
    if isinstance(kind, pl.Array) and len(kind.shape) != 1:
        return False
    return isinstance(kind, pl.List | pl.Array) and kind.inner.is_numeric()


def lengths(schema: pl.Schema, column: str) -> pl.Expr:
    """Return the length of each vector of a column; null where there is none."""
    name = pl.col(column)
    return name.arr.len() if isinstance(schema[column], pl.Array) else name.list.len()


def common_width(counted: pl.Series) -> int | None:
    """Return the most frequent length, the smallest if several tie; None if all are null."""
    modes = counted.drop_nulls().mode()
    smallest = modes.min()
    return None if smallest is None else int(smallest)  # type: ignore[arg-type]


def to_vectors(column: pl.Series, width: int) -> Vectors:
    """Return a column's rows: [n, width] float32; zeros for null, NaN for a null inside."""
    present = column.is_not_null().to_numpy()
    found = np.zeros((len(column), width), dtype=np.float32)
    if present.any():
        rows = column.drop_nulls().cast(pl.Array(pl.Float32, width)).to_numpy()
        found[present] = rows
    return found


def not_finite(vectors: Vectors) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return where a row has no finite norm in float32: NaN, infinity, or far too large."""
    with np.errstate(over="ignore", invalid="ignore"):
        bad: np.ndarray[tuple[int], np.dtype[np.bool_]] = ~np.isfinite(
            np.einsum("ij,ij->i", vectors, vectors)
        )
    return bad


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
