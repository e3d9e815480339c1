"""Reads the table of titles: names, metadata embeddings and further columns."""

from pathlib import Path

import numpy as np
import polars as pl

from indexer.backbones.base import Vectors
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
from indexer.pooling import unit
from probes.messages import listed

METADATA = "metadata"


def count_titles(shots: pl.DataFrame) -> pl.DataFrame:
    """Return title_id and shots, the number of them, by title_id."""
    return shots.group_by("title_id").agg(pl.len().cast(pl.Int64).alias("shots")).sort("title_id")


def read_titles_table(
    path: Path, counted: pl.DataFrame
) -> tuple[pl.DataFrame, Vectors, tuple[str, ...]]:
    """Return the rows of the titles that have shots.

    Args:
        path: a parquet table with title_id, optionally name and metadata (a list of numbers,
            null for none), and any further columns.
        counted: what ``count_titles`` returned.

    Returns:
        The titles in the order of ``counted``: title_id, name, shots and the further columns;
        their metadata embeddings, [titles, M] float32, unit rows or zeros; and warnings.

    Raises:
        ReelfindError: the table cannot be read, or the first bad rows with their reasons.
    """
    frame, schema = scan(path, ("title_id",))
    check_kind(path, schema, "title_id", is_identifier(schema["title_id"]), "strings")
    table = collect(path, frame).with_columns(pl.col("title_id").cast(pl.String))
    table = table.drop("row", strict=False).with_row_index("row", offset=1)
    nameless = pl.col("title_id").is_null() | (pl.col("title_id") == "")
    again = ~nameless & ~pl.col("title_id").is_first_distinct()
    problems = [
        bad_rows(table, nameless, pl.lit("no title_id")),
        bad_rows(table, again, pl.lit("this title is given twice")),
    ]
    vectors = np.zeros((len(table), 1), dtype=np.float32)
    if METADATA in schema and schema[METADATA] != pl.Null:
        check_kind(path, schema, METADATA, is_vectors(schema[METADATA]), "lists of numbers")
        found = table.with_columns(lengths(schema, METADATA).alias("found"))
        width = common_width(found["found"])
        if width:
            other = pl.format(f"metadata is {{}} wide, not {width}", "found")
            refuse_bad_rows(path, [*problems, bad_rows(found, pl.col("found") != width, other)])
            vectors = to_vectors(table[METADATA], width)
            broken = pl.Series(not_finite(vectors))
            reason = pl.lit("metadata holds NaN, infinity or a number too large")
            problems.append(bad_rows(table.filter(broken), pl.lit(True), reason))
    refuse_bad_rows(path, problems)
    warnings = _without_shots(path, table, counted)
    further = table.drop(METADATA, "shots", strict=False)
    titles = counted.join(further, on="title_id", how="left", maintain_order="left")
    own = titles["row"].to_numpy() - 1
    known = titles["row"].is_not_null().to_numpy()
    ordered = np.zeros((len(titles), vectors.shape[1]), dtype=np.float32)
    ordered[known] = unit(vectors)[own[known].astype(np.int64)]
    return _named(titles.drop("row")), ordered, warnings


def nothing_known(counted: pl.DataFrame) -> tuple[pl.DataFrame, Vectors, tuple[str, ...]]:
    """Return the result of ``read_titles_table`` for a missing table."""
    return _named(counted), np.zeros((len(counted), 1), dtype=np.float32), ()


def _named(titles: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("name").cast(pl.String) if "name" in titles.columns else pl.lit(None, pl.String)
    titles = titles.with_columns(pl.coalesce(name, "title_id").alias("name"))
    return titles.select("title_id", "name", "shots", pl.exclude("title_id", "name", "shots"))


def _without_shots(path: Path, table: pl.DataFrame, counted: pl.DataFrame) -> tuple[str, ...]:
    lost = table.join(counted, on="title_id", how="anti").sort("row")["title_id"].to_list()
    if not lost:
        return ()
    return (f"{path}: titles without shots are left out: {listed(lost)}",)
