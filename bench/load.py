"""How many searches a second a server answers one client, and sixteen at once.

    python -m bench.load DATA [--facets]

Serves an index; each search has words of its own. With ``--facets`` each is followed by the counts
beside the filters, as a page asks for them.
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path

import httpx
import numpy as np

from bench.latency_data import ASKED
from bench.start import served

CLIENTS = (1, 16)
SECONDS = 8.0
WORDS = 3
"""Words of a search."""


def bodies(client: int) -> Iterator[dict[str, object]]:
    """Yield the searches of a client, which no other client sends."""
    for number in count():
        draw = np.random.default_rng([client, number])
        yield {"q": " ".join(draw.choice(ASKED, WORDS, replace=False)), "limit": 20}


def search(address: str, until: float, facets: bool, client: int) -> int:
    """Search until a moment, and return how often."""
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as http:
        for done, body in enumerate(bodies(client)):
            if time.perf_counter() > until:
                return done
            for path in ("/v1/search", *(["/v1/facets"] if facets else [])):
                http.post(path, json=body).raise_for_status()
    raise AssertionError("there is always another search")


def main() -> None:
    """Serve, search, and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--facets", action="store_true")
    asked = parser.parse_args()
    with served(asked.data) as (client, _):
        address = str(client.base_url)
        search(address, time.perf_counter() + SECONDS / 2, asked.facets, 99)
        for clients in CLIENTS:
            began = time.perf_counter()
            own = partial(search, address, began + SECONDS, asked.facets)
            with ThreadPoolExecutor(clients) as pool:
                done = sum(pool.map(own, range(100 * clients, 101 * clients)))
            rate = done / (time.perf_counter() - began)
            print(f"{clients} at once: {rate:.1f} a second")


if __name__ == "__main__":
    main()
