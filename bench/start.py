"""How long `reelfind serve` takes from its start to the first answered search.

    python -m bench.start DATA

Each figure is of a process of its own, in seconds from its start: the address is printed, a search
that was sent then is answered; and, in another process, ready, and a search that was sent then.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

SEARCH = {"q": "a dog on a beach"}


@contextmanager
def served(data: Path) -> Iterator[tuple[httpx.Client, float]]:
    """Serve a data directory; yield a client of its API, and when the process was started."""
    began = time.monotonic()
    command = [sys.executable, "-m", "app.cli.main", "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[3]
            with httpx.Client(base_url=f"{address}/api", timeout=120, trust_env=False) as client:
                yield client, began
        finally:
            process.terminate()
            process.wait()


def search(client: httpx.Client) -> None:
    """Search once, and fail where nothing is found."""
    answer = client.post("/v1/search", json=SEARCH)
    answer.raise_for_status()
    if not answer.json()["hits"]:
        raise SystemExit("the search found nothing")


def run(data: Path) -> list[float]:
    """Return the four times."""
    with served(data) as (client, began):
        times = [time.monotonic() - began]
        search(client)
        times.append(time.monotonic() - began)
    with served(data) as (client, began):
        while not client.get("/readyz").is_success:
            time.sleep(0.02)
        times.append(time.monotonic() - began)
        search(client)
        times.append(time.monotonic() - began)
    return times


def main() -> None:
    """Measure it several times, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    table = Table("address", "search at once", "ready", "search when ready")
    for _ in range(arguments.runs):
        table.add_row(*(f"{seconds:.1f}" for seconds in run(arguments.data)))
    Console(width=70).print(table)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = (used.ru_utime + used.ru_stime) / arguments.runs / 2
    print(f"{cores:.1f} core-seconds a start, with its one search")


if __name__ == "__main__":
    main()
