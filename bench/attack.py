"""Whether a server keeps its promise under attack: no fault, nothing slow, and health at once.

    python -m bench.attack [--data DIR] [--requests 10000] [--seconds 1200] [--clients 8] [--seed 0]

Serves a copy of the data directory DIR on this machine alone (without it, the demo films, indexed),
and sends hostile requests (see ``bench.attack_requests``) from several clients until so many are
answered or the time is up. Meanwhile a process of its own asks for health. Prints what was
answered, and exits with 1 where the promise is broken: no 5xx but 503 with Retry-After, no request
above 5 s, and health within 100 ms (the 99th percentile).
"""

import argparse
import multiprocessing
import os
import queue
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from app.demo.catalogue import prepare
from bench.attack_requests import Asked, Attacker
from bench.latency import serving
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.request import Request
from indexer.settings import load_settings

LONGEST = 5.0
"""Seconds that a request may take."""
HEALTH = 0.1
"""Seconds that health may take, at the 99th percentile."""
EVERY = 0.05
"""Seconds between two questions for health."""
QUIET = 50
"""Answers for health before the attack begins."""
POLITE = 10
"""How far the clients give way to the server, which shares this machine with them."""
GIVEN_UP = 60.0
"""Seconds after which a client stops waiting."""
SEARCHES: Sequence[dict[str, Any]] = (
    {"limit": 1},
    {"limit": 1, "order": "time"},
    {"limit": 1, "order": "popularity", "level": "shot"},
    {"limit": 1, "q": "music", "tail": "keep"},
    {"limit": 1, "group": "title"},
)
"""Searches that have another page, and so a cursor."""


@dataclass
class Answers:
    """What was answered so far. Safe between threads."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, asked: Asked, status: int, seconds: float, fault: str) -> None:
        with self.lock:
            self.statuses.setdefault(asked.kind, Counter())[status] += 1
            told = f"{asked.method} {asked.path[:60]} ({asked.kind})"
            self.slowest = max(self.slowest, (seconds, told))
            if fault:
                self.faults.append(f"{told}: {fault}; {str(asked.more)[:200]}")

    @property
    def count(self) -> int:
        return sum(sum(each.values()) for each in self.statuses.values())


def main() -> None:
    """Attack, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        if args.data:
            shutil.copytree(args.data, data)
        else:
            index_demo(Path(folder) / "films", data)
        with serving(data, {}) as (address, _):
            answers, health = attack(address, args)
    sys.exit(judge(answers, health))


def index_demo(films: Path, data: Path) -> None:
    """Index the films of the demo into ``data``."""
    prepare(films)
    report = Indexer(Catalogue(data), load_settings(data), Silence()).run(Request((films,)))
    assert not report.failed, [title.error for title in report.titles]


def attack(address: str, args: argparse.Namespace) -> tuple[Answers, list[float]]:
    """Send the requests; return what was answered, and the seconds that health took."""
    assert address.startswith(("http://127.0.0.1:", "http://localhost:")), address
    cursors = []
    with httpx.Client(base_url=f"{address}/api/v1/", timeout=GIVEN_UP) as client:
        for search in SEARCHES:
            cursor = client.post("search", json=search).raise_for_status().json()["next_cursor"]
            cursors.append((search, cursor))
    answers, until = Answers(), time.monotonic() + args.seconds
    context = multiprocessing.get_context("spawn")
    over, times = context.Event(), context.Queue()
    watcher = context.Process(target=watch_health, args=(f"{address}/api/healthz", over, times))
    watcher.start()
    # What health takes on this machine as busy as it is, before anything is sent.
    quiet = times.get(timeout=GIVEN_UP)
    # Who attacks has machines of their own: what the clients compute must not slow the server.
    os.nice(POLITE)
    print(f"health before: p99 {np.quantile(quiet, 0.99) * 1000:.0f} ms", flush=True)

    def send(client_number: int) -> None:
        attacker = Attacker(args.seed * 1000 + client_number, cursors)
        with httpx.Client(base_url=f"{address}/api/v1/", timeout=GIVEN_UP) as client:
            while answers.count < args.requests and time.monotonic() < until:
                ask(client, attacker.draw(), answers)

    with ThreadPoolExecutor(args.clients) as pool:
        list(pool.map(send, range(args.clients)))
    over.set()
    health = times.get(timeout=GIVEN_UP)
    watcher.join(GIVEN_UP)
    return answers, health


def ask(client: httpx.Client, asked: Asked, answers: Answers) -> None:
    """Send a request and note how it was answered; what is no address is left out."""
    began = time.monotonic()
    try:
        request = client.build_request(asked.method, asked.path, **asked.more)
    except (httpx.InvalidURL, UnicodeError):
        return
    try:
        answer = client.send(request)
    except httpx.HTTPError as error:
        answers.note(asked, 0, time.monotonic() - began, f"no answer ({type(error).__name__})")
        return
    status, seconds = answer.status_code, time.monotonic() - began
    fault = ""
    if status >= 500 and not (status == 503 and "Retry-After" in answer.headers):
        fault = f"answered {status}"
    elif seconds > LONGEST:
        fault = f"took {seconds:.1f} s"
    answers.note(asked, status, seconds, fault)


def watch_health(address: str, over: Event, times: "queue.Queue[list[float]]") -> None:
    """Ask for health until it is over, in a process of its own.

    Gives the seconds of the first ``QUIET`` answers, and at the end those of the others.
    """
    found: list[float] = []
    with httpx.Client(timeout=GIVEN_UP) as client:
        while not over.wait(EVERY):
            began = time.monotonic()
            answered = client.get(address).is_success
            found.append(time.monotonic() - began if answered else GIVEN_UP)
            if len(found) == QUIET:
                times.put(found[:])
    times.put(found[QUIET:])


def judge(answers: Answers, health: list[float]) -> int:
    """Print what was answered; return 1 where the promise is broken."""
    console = Console()
    table = Table("requests", "all", "2xx, 3xx", "4xx", "503", "other 5xx", "none")
    for kind, found in sorted(answers.statuses.items()):
        later = found[503]
        counts = [
            found.total(),
            sum(count for status, count in found.items() if 200 <= status < 400),
            sum(count for status, count in found.items() if 400 <= status < 500),
            later,
            sum(count for status, count in found.items() if status >= 500) - later,
            found[0],
        ]
        table.add_row(kind, *map(str, counts))
    console.print(table)
    seconds, slowest = answers.slowest
    p99 = float(np.quantile(health, 0.99)) if health else GIVEN_UP
    worst = max(health, default=GIVEN_UP)
    console.print(
        f"{answers.count} requests; the longest took {seconds:.2f} s: {slowest}", markup=False
    )
    console.print(f"health, of {len(health)}: p99 {p99 * 1000:.0f} ms, worst {worst * 1000:.0f} ms")
    for fault in answers.faults[:20]:
        console.print(f"broken: {fault}", markup=False, style="red")
    if p99 > HEALTH:
        console.print(f"broken: health took more than {HEALTH * 1000:.0f} ms", style="red")
    return int(bool(answers.faults) or p99 > HEALTH)


if __name__ == "__main__":
    main()
