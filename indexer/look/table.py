"""The looks of a title's shots as a table."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from indexer.artefacts import read_table
from indexer.look.camera import Movement
from indexer.look.measure import ShotLook
from indexer.look.names import HUES

_PLAIN = ("brightness", "temperature", "chroma")
_MOVED = tuple(Movement.__dataclass_fields__)


def write_looks(path: Path, looks: Sequence[ShotLook]) -> None:
    """Write the looks of shots in order, a row each."""
    rows = [
        {name: getattr(look, name) for name in _PLAIN} | asdict(look.movement) | dict(look.colours)
        for look in looks
    ]
    schema = dict.fromkeys((*_PLAIN, *_MOVED, *HUES), pl.Float32)
    pl.DataFrame(rows, schema=schema).write_parquet(path)


def read_looks(path: Path) -> list[ShotLook]:
    """Read what ``write_looks`` wrote."""
    return [
        ShotLook(
            row["brightness"],
            row["temperature"],
            row["chroma"],
            {name: row[name] for name in HUES},
            Movement(**{name: row[name] for name in _MOVED}),
        )
        for row in read_table(path).iter_rows(named=True)
    ]
