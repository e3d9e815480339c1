"""Finds bad rows of a table, and reports them in one line."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from indexer.errors import ReelfindError
from probes.messages import SHOWN, quoted, shortened


def bad_rows(table: pl.DataFrame, bad: pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    """Return row, title_id and reason of the rows where ``bad`` is true; null counts as false."""
    return table.filter(bad).select(
        pl.col("row").cast(pl.Int64),
        pl.col("title_id").cast(pl.String),
        reason.cast(pl.String).alias("reason"),
    )


def refuse_bad_rows(path: Path, problems: Sequence[pl.DataFrame]) -> None:
    """Check that there are no problems.

    Args:
        path: the table's file.
        problems: what ``bad_rows`` returned; rows count from 1.

    Raises:
        ReelfindError: the first bad rows with their titles and reasons, and how many follow.
    """
    rows = (
        pl.concat(problems)
        .group_by("row", "title_id")
        .agg(pl.col("reason").str.join(", "))
        .sort("row")
    )
    if rows.is_empty():
        return
    told = "; ".join(
        f"row {row} (title_id {'null' if title_id is None else quoted(title_id)}): "
        f"{shortened(reason)}"
        for row, title_id, reason in rows.head(SHOWN).iter_rows()
    )
    further = len(rows) - SHOWN
    rest = f"; and {further:,} more {'row' if further == 1 else 'rows'}" if further > 0 else ""
    raise ReelfindError(f"{path}: {told}{rest}; correct the table and import it again")
