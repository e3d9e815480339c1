"""Whether what a request takes grows with the number of titles.

    python -m bench.many_titles 50 5000

Makes a catalogue of each size of one small film, serves all of them at once, and sends them the
same requests in turn. Each time is the median in milliseconds; the second run of `reelfind index`
finds nothing to do, and is in seconds. Several minutes for 5,000 titles.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import product
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bench.many_titles_data import make_catalogue, make_films
from bench.second_run import run
from bench.start import SEARCH, served
from indexer.hashing import SETTLED

ROUNDS = 60
WARM = 5
"""Rounds before those that count."""
PLACES = ("street", "forest", "kitchen", "snow", "office", "car", "sea", "crowd", "house")
SIGHTS = ("a fight", "a kiss", "a dog", "a guitar", "a red hat", "an old man", "rain", "a phone")
LIMIT = 1.5
"""How many times as long a request may take with the most titles as with the fewest."""

Ask = Callable[[], httpx.Response]


def requests_of(client: httpx.Client) -> Mapping[str, Ask]:
    """Return what is asked of a server, by name."""
    title_id = client.get("/v1/titles", params={"limit": 1}).json()[0]["title_id"]
    hit = client.post("/v1/search", json=SEARCH).json()["hits"][0]["id"]
    made = client.post("/v1/shortlists", json={"name": "Mine"}).json()["shortlist_id"]
    item = {"items": [{"hit_id": hit}]}
    return {
        "health": partial(client.get, "/healthz"),
        "readiness": partial(client.get, "/readyz"),
        "metrics": partial(client.get, "/metrics"),
        "titles, a page of 50": partial(client.get, "/v1/titles", params={"limit": 50}),
        "one title": partial(client.get, f"/v1/titles/{title_id}"),
        "one shortlist item": partial(client.post, f"/v1/shortlists/{made}/items", json=item),
        "one search": searches(client),
    }


def searches(client: httpx.Client) -> Ask:
    """Return what searches for other words each time."""
    words = (f"{sight} in the {place}" for sight, place in product(SIGHTS, PLACES))
    return lambda: client.post("/v1/search", json=SEARCH | {"q": next(words)})


def seconds(ask: Ask) -> float:
    """Return how long an answer takes."""
    began = time.perf_counter()
    ask().raise_for_status()
    return time.perf_counter() - began


def measure(catalogues: Mapping[int, Path]) -> dict[str, list[float]]:
    """Return the median of each request in milliseconds, for each catalogue in order."""
    with ExitStack() as serving:
        clients = [serving.enter_context(served(data))[0] for data in catalogues.values()]
        for client in clients:
            while not client.get("/readyz").is_success:
                time.sleep(0.1)
        asked = [requests_of(client) for client in clients]
        found: dict[str, list[float]] = {}
        for name in asked[0]:
            # In turn, so that what else the machine does meets all of them.
            rounds = [[seconds(own[name]) for own in asked] for _ in range(WARM + ROUNDS)]
            columns = zip(*rounds[WARM:], strict=True)
            found[name] = [1000 * statistics.median(column) for column in columns]
        return found


def main() -> None:
    """Measure catalogues of the sizes that are asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("titles", type=int, nargs="+")
    sizes = sorted(parser.parse_args().titles)
    with tempfile.TemporaryDirectory() as scratch:
        folders = {size: Path(scratch) / str(size) for size in sizes}
        for size, folder in folders.items():
            make_catalogue(folder / "data", make_films(folder / "films", size))
        found = measure({size: folder / "data" for size, folder in folders.items()})
        time.sleep(SETTLED)
        for folder in folders.values():  # Notes what it has read of the films, which were copied.
            run(folder / "films", folder / "data")
        second = [run(each / "films", each / "data")[0] for each in folders.values()]
    table = Table("ms", *(f"{size:,} titles" for size in sizes), "ratio")
    for name, times in found.items():
        table.add_row(name, *(f"{each:.1f}" for each in times), f"{times[-1] / times[0]:.2f}")
    table.add_row("second index, s", *(f"{each:.1f}" for each in second), "")
    Console(width=80).print(table)
    slow = [name for name, times in found.items() if times[-1] > LIMIT * times[0]]
    if slow:
        print(f"more than {LIMIT} times as long: {', '.join(slow)}")


if __name__ == "__main__":
    main()
