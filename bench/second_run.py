"""What a run costs that finds nothing to do, and how that grows with the catalogue.

    python -m bench.second_run 50 5000

Makes catalogues of so many titles in one folder, each with a film, a subtitle file and a row of
``catalog.csv``, and runs `reelfind index` on it twice, each time as a process of its own: once
as after a copy of the films, which are then read again, and once with nothing changed.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.many_titles_data import make_catalogue, make_films
from indexer.hashing import SETTLED


def run(films: Path, data: Path) -> tuple[float, float]:
    """Run ``reelfind index`` and return its seconds by the clock, and core-seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    command = [sys.executable, "-m", "app.cli.main", "index", str(films), "--data", str(data)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    took = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if "Nothing to do" not in told:
        raise SystemExit(f"something was done:\n{told}")
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return took, user + system


def main() -> None:
    """Measure catalogues of the sizes that are asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("titles", type=int, nargs="+")
    table = Table("titles", "run", "seconds", "core-seconds", "ms a title")
    for titles in parser.parse_args().titles:
        with tempfile.TemporaryDirectory() as scratch:
            films, data = Path(scratch) / "films", Path(scratch) / "data"
            make_catalogue(data, make_films(films, titles))
            for film in films.glob("*.mp4"):
                os.utime(film)
            time.sleep(SETTLED)  # What changed just now would be read by the second run, too.
            for kind in ("films touched", "nothing changed"):
                took, cores = run(films, data)
                each = f"{1000 * took / titles:.1f}"
                table.add_row(str(titles), kind, f"{took:.1f}", f"{cores:.1f}", each)
    Console(width=90).print(table)


if __name__ == "__main__":
    main()
