"""Plain files of a title: tables in parquet, vectors in npy, facts in JSON."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indexer.errors import ReelfindError
from indexer.records import Clip, Line, Shot, TimedText

SHOTS_SCHEMA = {
    "index": pl.Int32,
    "start_frame": pl.Int64,
    "end_frame": pl.Int64,
    "transition": pl.String,
    "transition_frames": pl.Int32,
}
CLIPS_SCHEMA = {
    "index": pl.Int32,
    "first_shot": pl.Int32,
    "end_shot": pl.Int32,
    "start_frame": pl.Int64,
    "end_frame": pl.Int64,
}
TEXT_ABOUT = "text.json"
LINES_SCHEMA = {"start": pl.Float64, "end": pl.Float64, "text": pl.String}


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Report a damaged file by its name.

    Raises:
        ReelfindError: it is damaged.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, EOFError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        cause = " ".join(str(error).split())[:200]
        raise ReelfindError(
            f"{path}: is damaged ({cause}); run `reelfind index` on its film with --force"
        ) from error


def write_shots(path: Path, shots: Sequence[Shot]) -> None:
    """Write shots as a parquet table."""
    pl.DataFrame([asdict(shot) for shot in shots], schema=SHOTS_SCHEMA).write_parquet(path)


def read_shots(path: Path) -> list[Shot]:
    """Read what ``write_shots`` wrote."""
    with _reading(path):
        return [Shot(**row) for row in pl.read_parquet(path).iter_rows(named=True)]


def write_clips(path: Path, clips: Sequence[Clip]) -> None:
    """Write clips as a parquet table."""
    pl.DataFrame([asdict(clip) for clip in clips], schema=CLIPS_SCHEMA).write_parquet(path)


def read_clips(path: Path) -> list[Clip]:
    """Read what ``write_clips`` wrote."""
    with _reading(path):
        return [Clip(**row) for row in pl.read_parquet(path).iter_rows(named=True)]


def read_table(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read a parquet table, or only some of its ``columns``."""
    with _reading(path):
        return pl.read_parquet(path, columns=None if columns is None else list(columns))


def write_timed_text(folder: Path, text: TimedText) -> None:
    """Write lines as ``lines.parquet`` and the rest as ``text.json``."""
    rows = [asdict(line) for line in text.lines]
    pl.DataFrame(rows, schema=LINES_SCHEMA).write_parquet(folder / "lines.parquet")
    about = {name: getattr(text, name) for name in ("source", "language", "origin", "warnings")}
    write_json(folder / TEXT_ABOUT, about)


def read_timed_text(folder: Path) -> TimedText:
    """Read what ``write_timed_text`` wrote."""
    table = folder / "lines.parquet"
    with _reading(table):
        lines = tuple(Line(**row) for row in pl.read_parquet(table).iter_rows(named=True))
    about = read_json(folder / TEXT_ABOUT)
    warnings = tuple(about.pop("warnings", ()))
    return TimedText(lines, **about, warnings=warnings)


def write_vectors(path: Path, vectors: NDArray[np.float32]) -> None:
    """Write rows of vectors: [n, d] float32 as npy."""
    np.save(path, np.ascontiguousarray(vectors, dtype=np.float32), allow_pickle=False)


def read_vectors(path: Path, *, mapped: bool = False) -> NDArray[np.float32]:
    """Read rows of vectors: [n, d] float32; ``mapped`` rows stay in the file until they are used,
    and cannot be changed."""
    with _reading(path):
        vectors = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
        return cast(NDArray[np.float32], vectors)


def write_json(path: Path, value: object) -> None:
    """Write a JSON file with sorted names, the same bytes for the same value."""
    path.write_text(json.dumps(value, sort_keys=True, indent=1), encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON file of a title."""
    with _reading(path):
        return json.loads(path.read_text(encoding="utf-8"))
