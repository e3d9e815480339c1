"""The sound along a title as a table, a row for each tenth of a second."""

from pathlib import Path

import numpy as np
import polars as pl

from indexer.artefacts import read_table
from indexer.soundtrack.measure import Soundtrack

_COLUMNS = ("energy", "speech", "music")
_NONE = np.zeros(0, np.float32)

NO_SOUND = Soundtrack(_NONE, _NONE, _NONE)


def write_soundtrack(path: Path, track: Soundtrack) -> None:
    """Write what was measured."""
    columns = {name: getattr(track, name) for name in _COLUMNS}
    pl.DataFrame(columns, dict.fromkeys(_COLUMNS, pl.Float32)).write_parquet(path)


def read_soundtrack(path: Path) -> Soundtrack:
    """Read what ``write_soundtrack`` wrote."""
    table = read_table(path)
    return Soundtrack(*(table[name].to_numpy() for name in _COLUMNS))
