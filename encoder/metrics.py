"""Metrics of a training run: a CSV file that a resumed run continues."""

import csv
from collections.abc import Mapping
from pathlib import Path


class MetricsFile:
    """Rows by step. Every row is on the disk when ``add`` returns."""

    def __init__(self, path: Path, step: int, writes: bool = True) -> None:
        """Open a file and drop the rows after ``step``, which a resumed run repeats.

        Args:
            path: the file, which need not exist.
            step: the last step to keep.
            writes: False for a process that does not write.
        """
        self._path = path
        self._writes = writes
        if writes and path.exists():
            rows = read_metrics(path)
            path.unlink()
            for row in rows:
                if int(row["step"]) <= step:
                    self.add(row)

    def add(self, row: Mapping[str, object]) -> None:
        """Append a row; the first one names the columns."""
        if not self._writes:
            return
        is_new = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if is_new:
                writer.writeheader()
            writer.writerow(row)


def read_metrics(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file, by column."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
