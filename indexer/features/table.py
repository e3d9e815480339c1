"""A table of shots with their embeddings: read, checked row by row, put in order.

Columns: title_id, index, optionally start and end (seconds), optionally profile, and one
column of lists of numbers per modality, null where a shot lacks it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indexer.backbones.base import Vectors
from indexer.errors import ReelfindError
from indexer.features.columns import (
    check_kind,
    collect,
    common_width,
    is_identifier,
    is_vectors,
    lengths,
    not_finite,
    scan,
    to_vectors,
)
from indexer.features.problems import bad_rows, refuse_bad_rows
from probes.messages import listed

FIRST = ("video", "audio", "text")
"""Modalities that come first, in this order, where a table has them."""
BATCH_BYTES = 256 * 1024**2
"""Of float32 vectors held at once: bounds the memory whatever the table's length."""


@dataclass(frozen=True, eq=False)
class ShotTable:
    """A checked table.

    ``modalities``: name and width in the order of a fused row. ``shots``: row (from 1, as in the
    file), title_id, index, start, end (seconds, may be null) by title_id and index. ``profile``:
    the one recorded in the table, if any. ``warnings``: what a user should know.
    """

    path: Path
    modalities: tuple[tuple[str, int], ...]
    shots: pl.DataFrame
    profile: str | None
    warnings: tuple[str, ...]

    def batches(self) -> Iterator[tuple[NDArray[np.int64], dict[str, Vectors]]]:
        """Yield the embeddings in the file's order: places in ``shots`` [n], and [n, width] each.

        Raises:
            ReelfindError: after the last batch, if a vector holds NaN or infinity: which rows.
        """
        count = len(self.shots)
        places = np.empty(count, dtype=np.int64)
        places[self.shots["row"].to_numpy() - 1] = np.arange(count)
        size = max(1, BATCH_BYTES // (4 * sum(width for _, width in self.modalities)))
        frame = pl.scan_parquet(self.path, glob=False).select(name for name, _ in self.modalities)
        broken = [self.shots.head(0).select("row", "title_id", reason=pl.lit(""))]
        for start in range(0, count, size):
            table = collect(self.path, frame.slice(start, size))
            own = places[start : start + size]
            vectors = {name: to_vectors(table[name], width) for name, width in self.modalities}
            for name, rows in vectors.items():
                found = not_finite(rows)
                broken.append(
                    bad_rows(
                        self.shots[own[found]],
                        pl.lit(True),
                        pl.lit(f"{name} holds NaN, infinity or a number too large"),
                    )
                )
                rows[found] = 0
            yield own, vectors
        refuse_bad_rows(self.path, broken)


def read_shot_table(path: Path) -> ShotTable:
    """Open and check a table of shots; its vectors are read by ``batches`` only.

    Raises:
        ReelfindError: it cannot be read, or the first bad rows with their reasons.
    """
    frame, schema = scan(path, ("title_id", "index"))
    check_kind(path, schema, "title_id", is_identifier(schema["title_id"]), "strings")
    check_kind(path, schema, "index", schema["index"].is_integer(), "integers")
    timed = [name for name in ("start", "end") if name in schema]
    if len(timed) == 1:
        raise ReelfindError(f"{path}: column {timed[0]} is alone; give both start and end, or none")
    for name in timed:
        check_kind(path, schema, name, _is_seconds(schema[name]), "seconds")
    columns = [name for name in schema if is_vectors(schema[name])]
    order = [name for name in FIRST if name in columns]
    order += [name for name in columns if name not in FIRST]
    keys = frame.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"),
        pl.col("title_id").cast(pl.String),
        pl.col("index").cast(pl.Int64),
        *(
            (pl.col(name) if timed else pl.lit(None)).cast(pl.Float64).alias(name)
            for name in ("start", "end")
        ),
    )
    shots = collect(path, keys)
    if shots.is_empty():
        raise ReelfindError(f"{path}: the table has no rows; write one row a shot")
    counted = collect(path, frame.select(lengths(schema, name).alias(name) for name in order))
    widths = {name: common_width(counted[name]) for name in order}
    refuse_bad_rows(path, [*_key_problems(shots), *_width_problems(shots, counted, widths)])
    modalities = tuple((name, width) for name, width in widths.items() if width)
    if not modalities:
        raise ReelfindError(f"{path}: no column holds lists of numbers; add one column a modality")
    known = {"title_id", "index", "start", "end", "profile", *(name for name, _ in modalities)}
    unused = [name for name in schema if name not in known]
    warnings = (f"{path}: columns not used: {listed(unused)}",) if unused else ()
    ordered = shots.sort("title_id", "index")
    return ShotTable(path, modalities, ordered, _profile(path, frame, schema), warnings)


def _is_seconds(kind: pl.DataType) -> bool:
    return kind.is_numeric() or kind == pl.Null


def _key_problems(shots: pl.DataFrame) -> list[pl.DataFrame]:
    nameless = pl.col("title_id").is_null() | (pl.col("title_id") == "")
    named = shots.filter(~nameless, pl.col("index").is_not_null())
    ordered = named.sort("title_id", "index", "row").with_columns(
        pl.col("index").shift(1).over("title_id").alias("previous"),
        pl.col("start").forward_fill().shift(1).over("title_id").alias("before"),
    )
    step = pl.col("index") - pl.col("previous")
    infinite = pl.any_horizontal(~pl.col("start", "end").is_finite())
    return [
        bad_rows(shots, nameless, pl.lit("no title_id")),
        bad_rows(shots, pl.col("index").is_null(), pl.lit("no index")),
        bad_rows(ordered, step == 0, pl.format("index {} is given twice", "index")),
        bad_rows(ordered, step > 1, pl.format("index {} follows {}, a gap", "index", "previous")),
        bad_rows(ordered, infinite, pl.lit("start or end is not a finite number")),
        bad_rows(
            ordered,
            ~infinite.fill_null(False) & (pl.col("end") < pl.col("start")),
            pl.format("end {} is before start {}", "end", "start"),
        ),
        bad_rows(
            ordered,
            pl.col("start") < pl.col("before"),
            pl.format("start {} is before the previous shot's {}", "start", "before"),
        ),
    ]


def _width_problems(
    shots: pl.DataFrame, counted: pl.DataFrame, widths: dict[str, int | None]
) -> list[pl.DataFrame]:
    return [
        bad_rows(
            shots.with_columns(counted[name].alias("found")),
            pl.col("found") != width,
            pl.format(f"{{}} is {{}} wide, not {width}", pl.lit(name), "found"),
        )
        for name, width in widths.items()
        if width is not None
    ]


def _profile(path: Path, frame: pl.LazyFrame, schema: pl.Schema) -> str | None:
    """Return the one profile that the rows record, or None."""
    if "profile" not in schema:
        return None
    named = collect(path, frame.select(pl.col("profile").cast(pl.String).unique()))
    names = sorted(named["profile"].drop_nulls())
    if len(names) > 1:
        raise ReelfindError(
            f"{path}: rows of profiles {listed(names)}, and vectors of two profiles never mix; "
            "write one table a profile"
        )
    return names[0] if names else None
