"""What Ray costs beyond one process: `reelfind index` alone, and on nodes of this machine.

    python -m bench.cluster MEDIA_DIR
    python -m bench.cluster MEDIA_DIR --nodes 0 3

Each run indexes all films into an empty data directory. Nodes are processes of this machine that
share its cores, on loopback addresses from 127.0.0.2 on, so the figures show what Ray adds, and
not what more machines would save. A cluster runs before the command starts, as in a studio.
Core-seconds and memory are those of the command and of all that its cluster starts meanwhile.
Memory shared between processes counts once (PSS). Linux only.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.machine import machine, usable_cores

console = Console(width=120)
LOOK = 0.5
"""Seconds between two looks at the processes."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """A run on so many nodes; 0 is the command alone."""

    nodes: int
    seconds: float
    core_seconds: float
    peak: float
    """GiB of all processes together."""
    artefacts: int


class Meter(threading.Thread):
    """Looks now and then at what the descendants of this process take together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._stopped = threading.Event()
        self._peak = 0
        self._used: dict[int, float] = {}
        self._look()
        self._before = sum(self._used.values())

    def run(self) -> None:
        """Look until it is stopped."""
        while not self._stopped.wait(LOOK):
            self._look()

    def stop(self) -> tuple[float, float]:
        """Return the core-seconds since it began, and the most memory in GiB."""
        self._stopped.set()
        self.join()
        self._look()
        return sum(self._used.values()) - self._before, self._peak / 2**20

    def _look(self) -> None:
        processes = descendants(os.getpid())
        self._peak = max(self._peak, sum(map(shared_out, processes)))
        self._used |= {each: used for each in processes if (used := computed(each)) is not None}


def descendants(process: int) -> list[int]:
    """Return the ids of the processes that a process started, and those that they started."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (task / "children").read_text(encoding="ascii").split()):
                found += [child, *descendants(child)]
    return found


def shared_out(process: int) -> int:
    """Return the KiB of a process, those that it shares divided by the number of its sharers."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def computed(process: int) -> float | None:
    """Return the core-seconds of a process, with those of the ffmpeg processes that it ran."""
    with suppress(OSError):
        name, _, rest = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")
        own, children = map(int, rest.split()[11:13]), map(int, rest.split()[13:15])
        if "ffmpeg" in name:  # Counted where it was started, also when it was too short to be seen.
            return 0.0
        # Ray's own processes start the others, which are seen themselves.
        started = 0 if "raylet" in name else sum(children)
        return (sum(own) + started) / TICKS
    return None


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
        return Run(nodes, seconds, used, peak, sum(1 for _ in (data / "titles").rglob("*")))


def main() -> None:
    """Print a row a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("media", type=Path, help="folder with films")
    parser.add_argument("--nodes", type=int, nargs="+", default=[0, 1, 3], help="0: no cluster")
    arguments = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    console.print(machine())
    table = Table("nodes", "s", "core-s", "peak GiB", "× alone", "core-s × alone", "files")
    alone: Run | None = None
    for nodes in arguments.nodes:
        run = index(arguments.media, nodes)
        alone = run if not nodes else alone
        beside = [
            f"{run.seconds / alone.seconds:.2f}" if alone else "",
            f"{run.core_seconds / alone.core_seconds:.2f}" if alone else "",
        ]
        figures = [f"{each:.1f}" for each in (run.seconds, run.core_seconds)]
        table.add_row(str(nodes), *figures, f"{run.peak:.2f}", *beside, str(run.artefacts))
    console.print(table)


if __name__ == "__main__":
    main()
