"""What Ray costs beyond one process: `reelfind index` alone, and on nodes of this machine.

    python -m bench.cluster MEDIA_DIR
    python -m bench.cluster MEDIA_DIR --nodes 0 3

Each run indexes all films into an empty data directory. Nodes are processes of this machine that
share its cores, on loopback addresses from 127.0.0.2 on, so the figures show what Ray adds, and
not what more machines would save. A cluster runs before the command starts, as in a studio.
Core-seconds and memory are those of the command and of all that its cluster starts meanwhile.
Memory shared between processes counts once (PSS). Linux only.

As many films of two seconds, indexed in the same way, show what a run costs whatever its films:
to start the processes and load the networks. The rest grows with the films.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

from bench.machine import machine, usable_cores
from bench.processes import Meter, settle
from indexer.discovery import discover
from indexer.ffmpeg import run_ffmpeg

console = Console(width=120)
RAY = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_enable_worker_prestart": "0",
    "RAY_prestart_worker_first_driver": "0",
}
"""Environment of the nodes, as ``docs/cluster.md`` advises."""


@dataclass(frozen=True)
class Run:
    """A run on so many nodes; 0 is the command alone."""

    nodes: int
    seconds: float
    core_seconds: float
    peak: float
    """GiB of all processes together."""
    titles: int


@contextmanager
def cluster(nodes: int) -> Iterator[str | None]:
    """Start so many nodes that share the cores, and yield the address of their head."""
    if not nodes:
        yield None
        return
    from ray.cluster_utils import Cluster

    made = Cluster(shutdown_at_exit=True)
    try:
        for number in range(nodes):
            made.add_node(
                num_cpus=max(1, usable_cores() // nodes),
                node_ip_address=f"127.0.0.{number + 2}",
                object_store_memory=80 * 2**20,
                include_dashboard=False,
            )
        settle()
        yield made.address
    finally:
        made.shutdown()  # type: ignore[no-untyped-call]


def index(films: Path, nodes: int) -> Run:
    """Index all films on so many nodes."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        command = [sys.executable, "-m", "app.cli.main", "index", str(films), "--data", str(data)]
        with cluster(nodes) as address:
            command += ["--cluster", address] if address else []
            meter, began = Meter(), time.monotonic()
            meter.start()
            done = subprocess.run(command, capture_output=True, text=True)
            seconds = time.monotonic() - began
            used, peak = meter.stop()
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        return Run(nodes, seconds, used, peak, len(list((data / "titles").iterdir())))


def make_short(folder: Path, count: int) -> Path:
    """Make films of two seconds, with sound, no two of them equal."""
    folder.mkdir()
    for number in range(count):
        picture = ffmpeg.input(f"testsrc2=s=320x240:r=24:d=2,hue=h={40 * number}", f="lavfi")
        sound = ffmpeg.input(f"sine={300 + 100 * number}:d=2", f="lavfi")
        made = ffmpeg.output(picture, sound, f"{number}.mp4", pix_fmt="yuv420p")
        if (run := run_ffmpeg(made, folder)).status:
            raise SystemExit(f"{folder}: films of two seconds cannot be made ({run.cause})")
    return folder


def compared(runs: Sequence[Run]) -> Table:
    """Return a row a run, beside the one without a cluster."""
    alone = next((run for run in runs if not run.nodes), None)
    table = Table("nodes", "s", "core-s", "peak GiB", "× alone", "core-s × alone", "titles")
    for run in runs:
        beside = [
            f"{run.seconds / alone.seconds:.2f}" if alone else "",
            f"{run.core_seconds / alone.core_seconds:.2f}" if alone else "",
        ]
        figures = [f"{each:.1f}" for each in (run.seconds, run.core_seconds)]
        table.add_row(str(run.nodes), *figures, f"{run.peak:.2f}", *beside, str(run.titles))
    return table


def divided(short: Sequence[Run], runs: Sequence[Run]) -> Table:
    """Return a row a number of nodes: core-seconds of any run, and those that the films add."""
    table = Table("nodes", "core-s of any run", "peak GiB", "core-s of the films", "× alone")
    added = {each.nodes: each.core_seconds for each in runs}
    added = {each.nodes: added[each.nodes] - each.core_seconds for each in short}
    for start in short:
        grows, alone = added[start.nodes], added.get(0)
        figures = f"{start.core_seconds:.1f}", f"{start.peak:.2f}", f"{grows:.1f}"
        table.add_row(str(start.nodes), *figures, f"{grows / alone:.2f}" if alone else "")
    return table


def main() -> None:
    """Print a row a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("media", type=Path, help="folder with films")
    parser.add_argument("--nodes", type=int, nargs="+", default=[0, 1, 3], help="0: no cluster")
    arguments = parser.parse_args()
    os.environ.update(RAY)
    console.print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        films = len(discover([arguments.media]).files)
        folder = make_short(Path(scratch) / "short", films)
        short = [index(folder, nodes) for nodes in arguments.nodes]
    runs = [index(arguments.media, nodes) for nodes in arguments.nodes]
    console.print(compared(runs), divided(short, runs))


if __name__ == "__main__":
    main()
