"""How fast a filtered search in words is over a large catalogue, end to end over HTTP.

    python -m bench.latency [--clips 100000] [--shots-per-clip 4] [--data DIR]
    python -m bench.latency --points 1000000 --on-disk [--data DIR]
    python -m bench.latency --points 1000000 --on-disk --under "systemd-run --scope -p MemoryMax=4G"
    python -m bench.latency --qdrant URL --quantization binary

Points are generated with the real schema; `reelfind serve` answers in a process of its own. Prints
the latencies of one client and of sixteen at once, those of the parts measured alone and their sum,
and the server's memory. A directory given with --data is filled once, from where a run before was
stopped, and kept: filling takes minutes for 100,000 clips, and an hour for a million shots.
"""

import argparse
import gzip
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import httpx
import numpy as np
from qdrant_client import models
from rich.console import Console
from rich.table import Table

from app.search.nearest import SHOTS_OF_A_CLIP
from app.search.request import SearchRequest
from app.search.searcher import Searcher
from bench.latency_data import ASKED, PAIR, TONES, fill, prepare_directory
from bench.remembered import Answered, remembering_models
from indexer.models import Models
from indexer.opening import open_index
from indexer.settings import Settings, load_settings
from indexer.store.base import Nearest, Store
from indexer.store.names import CLIP_ID, DIALOGUE, PICTURE, PREDICTED, WORDS, pair
from indexer.store.sparse import Bm25Words

CLIENTS = 16
WARM_UP = 20
LIMIT = 20
ASKED_AT_ONCE = 6
"""Words of a request."""
LEAST = 0.5
"""Least clip-worthiness asked for: with one of three tones in eight, about a fifth is left."""
Times = list[float]


def body(number: int) -> dict[str, object]:
    """Return the ``number``-th request: words and two filters.

    The words are drawn anew for each, so that each finds what none before it did.
    """
    return {
        "q": " ".join(np.random.default_rng(number).choice(ASKED, ASKED_AT_ONCE, replace=False)),
        "tone": [TONES[number % len(TONES)]],
        "min_worthiness": LEAST,
        "limit": LIMIT,
    }


def filter_of(number: int) -> models.Filter:
    """Return the same filters on shots, for clips."""
    tone = models.MatchValue(value=TONES[number % len(TONES)])
    return models.Filter(
        must=[
            models.FieldCondition(key="clip_tones", match=tone),
            models.FieldCondition(key="clip_clip_worthiness", range=models.Range(gte=LEAST)),
        ]
    )


def timed(call: Callable[[int], object], rounds: int, first: int = 0) -> Times:
    """Return the milliseconds of ``rounds`` calls from number ``first`` on, after some to warm up.

    A server that has just started loads networks and reads its files while it answers already.
    """
    times = []
    for number in range(-WARM_UP, rounds):
        began = time.perf_counter()
        call(1000 + first + number)
        times.append((time.perf_counter() - began) * 1000)
    return times[WARM_UP:]


@contextmanager
def serving(data: Path, environment: dict[str, str], under: str = "") -> Iterator[tuple[str, int]]:
    """Run ``reelfind serve``, ``under`` another command; yield its address and process id."""
    command = shlex.split(under)
    command += [sys.executable, "-m", "app.cli.main", "serve", "--data", str(data), "--port", "0"]
    log = data / "serve.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ | environment
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if "answers at " not in line:
            raise SystemExit(f"the server did not start; see {log}")
        yield line.split("answers at ")[1].split()[0], process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def over_http(address: str, rounds: int) -> dict[str, Times]:
    """Return the times of one client, of sixteen at once, and of an answer without a search."""
    with httpx.Client(base_url=address, timeout=600, trust_env=False) as client:

        def search(number: int) -> None:
            answer = client.post("/api/v1/search", json=body(number))
            answer.raise_for_status()
            assert answer.json()["hits"], answer.text

        times = {
            "search, one client": timed(search, rounds),
            "HTTP alone": timed(lambda _: client.get("/api/nothing"), rounds),
        }
        with ThreadPoolExecutor(CLIENTS) as pool:
            # Every client asks something of its own.
            many = pool.map(lambda client: timed(search, rounds, 1000 * client), range(CLIENTS))
            times[f"search, {CLIENTS} clients at once"] = [value for own in many for value in own]
    return times


def of_parts(store: Store, models_: Models, settings: Settings, rounds: int) -> dict[str, Times]:
    """Return the times of what a search is made of, each measured alone."""
    shots, clips = pair(PAIR)
    video, text, words = models_.backbones.video, models_.backbones.text, Bm25Words()
    asked = round(settings.search.depth * SHOTS_OF_A_CLIP)
    draw = np.random.default_rng(1)
    # Each round asks for something of its own, as clients do: its points are in no cache.
    numbers = range(1000, 1000 + WARM_UP + rounds)
    dense = [row.tolist() for row in draw.standard_normal((len(numbers), 384)) / 20]
    sparse = [words.query(str(body(number)["q"])) for number in numbers]
    ids = [str(point.id) for point in store.scroll(clips, limit=LIMIT)[0]]

    def query(
        using: str, vectors: list[object], least: Sequence[float | None] = (None,)
    ) -> Callable[[int], object]:
        return lambda number: store.query(
            shots,
            Nearest(
                query=vectors[number % len(vectors)],  # type: ignore[arg-type]
                using=using,
                filter=filter_of(number),
                limit=asked,
                score_threshold=least[number % len(least)],
                fields=(CLIP_ID,) if using == PICTURE else (CLIP_ID, "lines"),
            ),
        )

    pictures = [
        store.query(shots, Nearest(query=row, using=PICTURE, limit=1))[0].score for row in dense
    ]
    lines = [settings.search.line_to_picture * best for best in pictures]

    def embed(number: int) -> None:
        # Both by the same network in `lite`, which then runs once.
        video.embed_query([str(body(number)["q"])])
        text.embed_query([str(body(number)["q"])])

    plan = planner(store, models_, settings)
    answer = plan.run(SearchRequest.model_validate(body(0)))
    calls: dict[str, Callable[[int], object]] = {
        "words to vectors": embed,
        "picture route": query(PICTURE, [*dense]),
        "dialogue route": query(DIALOGUE, [*dense], lines),
        "words route": query(WORDS, [*sparse]),
        "context route": query(PREDICTED, [*dense]),
        f"{LIMIT} clips by id": lambda _: store.retrieve(clips, ids, with_vectors=False),
        "plan: fuse ranks, make hits": lambda _: plan.run(answer.query),
        "answer as JSON, packed": lambda _: gzip.compress(answer.model_dump_json().encode()),
    }
    return in_turn(calls, rounds)


def in_turn(calls: dict[str, Callable[[int], object]], rounds: int) -> dict[str, Times]:
    """Return the milliseconds of each call, made one after the other in every round.

    Each then finds the processor's caches as the others leave them, as in a search.
    """
    times: dict[str, Times] = {name: [] for name in calls}
    for number in range(WARM_UP + rounds):
        for name, call in calls.items():
            began = time.perf_counter()
            call(1000 + number)
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: own[WARM_UP:] for name, own in times.items()}


def planner(store: Store, models_: Models, settings: Settings) -> Searcher:
    """Return a search that costs neither engine nor networks, once it was asked."""
    answered = cast(Store, Answered(store, PAIR))
    return Searcher(answered, remembering_models(models_), settings.search, settings.known_tasks())


def memory_of(process: int) -> dict[str, float]:
    """Return what a process holds, in GiB: the most at once, mapped files included, and its own."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    lines = dict(line.split(":", 1) for line in status.splitlines())
    names = {"at most, with mapped files": "VmHWM", "now, without them": "RssAnon"}
    return {name: int(lines[key].split()[0]) / 2**20 for name, key in names.items()}


def measure(arguments: argparse.Namespace, data: Path) -> None:
    """Fill, serve, ask, and print."""
    environment = {
        "REELFIND_STORE__QUANTIZATION": arguments.quantization,
        "REELFIND_STORE__ON_DISK": str(arguments.on_disk).lower(),
        **({"REELFIND_QDRANT_URL": arguments.qdrant} if arguments.qdrant else {}),
    }
    os.environ.update(environment)
    catalogue, settings = prepare_directory(data), load_settings(data)

    def opened() -> Store:
        return open_index(catalogue, settings)

    with opened() as store:
        if store.current() != PAIR:
            began = time.monotonic()
            fill(store, settings, arguments.clips, arguments.shots_per_clip)
            print(f"filled in {time.monotonic() - began:.0f} s", flush=True)
        counts = {level: store.count(level) for level in pair(PAIR)}
    began = time.monotonic()
    with serving(data, environment, arguments.under) as (address, process):
        print(f"the server answers after {time.monotonic() - began:.0f} s", flush=True)
        times = over_http(address, arguments.rounds)
        memory = memory_of(process)
    with opened() as store:
        parts = of_parts(store, Models(settings), settings, arguments.rounds)
    parts["HTTP alone"] = times.pop("HTTP alone")
    report(times, parts, counts, memory)


def report(
    times: dict[str, Times],
    parts: dict[str, Times],
    counts: dict[str, int],
    memory: dict[str, float],
) -> None:
    """Print the tables."""
    table = Table("milliseconds", "p50", "p95")
    for name, own in times.items():
        table.add_row(name, *(f"{np.percentile(own, share):.1f}" for share in (50, 95)))
    table.add_section()
    for name, own in parts.items():
        table.add_row(name, *(f"{np.percentile(own, share):.1f}" for share in (50, 95)))
    sums = [sum(float(np.percentile(own, share)) for own in parts.values()) for share in (50, 95)]
    table.add_row("sum of the parts", *(f"{value:.1f}" for value in sums))
    whole = next(iter(times.values()))
    ratios = [
        float(np.percentile(whole, share)) / own for share, own in zip((50, 95), sums, strict=True)
    ]
    table.add_row("search / sum", *(f"{ratio:.2f}" for ratio in ratios))
    console = Console(width=100)
    console.print(json.dumps(counts))
    console.print(table)
    for name, size in memory.items():
        console.print(f"memory of the server {name}: {size:.2f} GiB")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--clips", type=int, default=100_000)
    size.add_argument("--points", type=int, help="shots, instead of clips")
    parser.add_argument("--shots-per-clip", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--data", type=Path, help="kept, and used again where it is filled")
    parser.add_argument("--qdrant", help="address of a Qdrant server")
    parser.add_argument(
        "--quantization", choices=["auto", "none", "scalar", "binary"], default="auto"
    )
    parser.add_argument("--on-disk", action="store_true")
    parser.add_argument("--under", default="", help="a command that the server is run under")
    arguments = parser.parse_args()
    if arguments.points:
        arguments.clips = arguments.points // arguments.shots_per_clip
    with tempfile.TemporaryDirectory() as scratch:
        measure(arguments, arguments.data or Path(scratch))


if __name__ == "__main__":
    main()
