"""Whether a kill loses anything that was acknowledged: kill -9 while indexing, serving and writing.

    python -m bench.kills [--index 10] [--serve 20] [--seed 0]

First it indexes the demo films, and kills that at shares of the work spread over the whole. The
index must end as one that was never killed. Then it serves that index, kills the server while
clients make shortlists, items and labels, and starts it again: what was answered with success
must be there. Prints what was lost, and exits with 1 where there is anything.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.demo.catalogue import prepare
from tests.conftest import artefacts

CLIENTS = 3
LONGEST = 3.0
"""Seconds between a server's first answer and its kill, at most."""
GIVEN_UP = 120.0
TASK = {"task": "clip-worthiness", "value": 1.0}


@dataclass
class Acknowledged:
    """What the server said that it keeps. Safe between threads."""

    items: dict[str, set[str]] = field(default_factory=dict)
    labels: set[tuple[str, float]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    """Kill, start again, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=int, default=10)
    parser.add_argument("--serve", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        films, data, whole = (Path(folder) / name for name in ("films", "data", "whole"))
        prepare(films)
        subprocess.run(_index(films, whole), check=True, capture_output=True)
        lost = kill_index(films, data, whole, args.index)
        lost += kill_server(data, args.serve, random.Random(args.seed))
    print(f"{args.index} kills of indexing, {args.serve} of the server: {len(lost)} losses")
    print("\n".join(lost[:20]))
    sys.exit(1 if lost else 0)


def kill_index(films: Path, data: Path, whole: Path, kills: int) -> list[str]:
    """Kill ``reelfind index`` so many times; return the artefacts that differ in the end."""
    results = _committed(whole)
    for kill in range(1, kills + 1):
        process = subprocess.Popen(_index(films, data), stderr=subprocess.DEVNULL)
        while _committed(data) < results * kill / (kills + 1) and process.poll() is None:
            time.sleep(0.05)
        process.kill()
        process.wait()
    subprocess.run(_index(films, data), check=True, capture_output=True)
    one, other = artefacts(whole), artefacts(data)
    return [f"artefact {name}" for name in sorted(one | other) if one.get(name) != other.get(name)]


def kill_server(data: Path, kills: int, draw: random.Random) -> list[str]:
    """Kill ``reelfind serve`` so many times under writers; return what is missing."""
    acknowledged = Acknowledged()
    for kill in range(kills):
        with _Server(data) as server:
            over = threading.Event()
            writers = [
                threading.Thread(target=_write, args=(server.address, acknowledged, over, number))
                for number in range(CLIENTS)
            ]
            for writer in writers:
                writer.start()
            time.sleep(draw.uniform(0.2, LONGEST))
            server.process.kill()
            over.set()
            for writer in writers:
                writer.join(GIVEN_UP)
        count = sum(map(len, acknowledged.items.values()))
        print(f"kill {kill + 1}: {count} items, {len(acknowledged.labels)} labels", flush=True)
    with _Server(data) as server:
        return _missing(server.address, acknowledged)


class _Server:
    """``reelfind serve`` in a process of its own."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-m", "app.cli.main", "serve", "--data", str(data)]
        self.process = subprocess.Popen(
            [*command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def __enter__(self) -> "_Server":
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "answers at " not in line:
            raise SystemExit(f"the server did not start: {line}")
        self.address = line.split("answers at ")[1].split()[0]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(GIVEN_UP)
        if self.process.stdout is not None:
            self.process.stdout.close()


def _client(address: str) -> httpx.Client:
    return httpx.Client(base_url=f"{address}/api/v1", timeout=GIVEN_UP, trust_env=False)


def _write(address: str, acknowledged: Acknowledged, over: threading.Event, number: int) -> None:
    with suppress(httpx.HTTPError), _client(address) as client:  # the kill is such an error
        title = client.get("/titles").raise_for_status().json()[0]["title_id"]
        made = client.post("/shortlists", json={"name": f"{number} {time.time()}"})
        shortlist = made.raise_for_status().json()["shortlist_id"]
        with acknowledged.lock:
            acknowledged.items[shortlist] = set()
        frame = 0
        while not over.is_set():
            frame += 1
            _add_item(client, acknowledged, shortlist, title, frame)
            _add_label(client, acknowledged, title, number, frame)


def _add_item(
    client: httpx.Client, acknowledged: Acknowledged, shortlist: str, title: str, frame: int
) -> None:
    item = {"title_id": title, "start_frame": frame % 40, "end_frame": frame % 40 + 10}
    answer = client.post(f"/shortlists/{shortlist}/items", json={"items": [item]})
    items = answer.raise_for_status().json()["items"]
    with acknowledged.lock:
        acknowledged.items[shortlist] = {each["item_id"] for each in items}


def _add_label(
    client: httpx.Client, acknowledged: Acknowledged, title: str, number: int, frame: int
) -> None:
    start = 0.05 * (frame % 60)
    label = TASK | {"title": title, "start": start, "end": start + 0.5}
    label["annotator"] = f"{number} {frame // 60}"
    client.post("/labels", json={"labels": [label]}).raise_for_status()
    with acknowledged.lock:
        acknowledged.labels.add((str(label["annotator"]), round(start, 3)))


def _missing(address: str, acknowledged: Acknowledged) -> list[str]:
    with _client(address) as client:
        lost = []
        for shortlist, items in acknowledged.items.items():
            answer = client.get(f"/shortlists/{shortlist}")
            there = {each["item_id"] for each in answer.json().get("items", [])}
            lost += [f"item {item} of shortlist {shortlist}" for item in sorted(items - there)]
        there_labels = {(each["annotator"], round(each["start"], 3)) for each in _labels(client)}
        lost += [f"label {each}" for each in sorted(acknowledged.labels - there_labels)]
    return lost


def _labels(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    place: int | None = 0
    while place is not None:
        answer = client.get("/labels", params={"from": place}).raise_for_status().json()
        found += answer["labels"]
        place = answer["next"]
    return found


def _index(films: Path, data: Path) -> list[str]:
    return [sys.executable, "-m", "app.cli.main", "index", str(films), "--data", str(data)]


def _committed(data: Path) -> int:
    """Return how many results of stages, and encoders, are there whole."""
    return len([*data.glob("titles/*/[!.]*"), *data.glob("encoders/[!.]*")])


if __name__ == "__main__":
    main()
