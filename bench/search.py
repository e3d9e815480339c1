"""Search quality over ``bench/queries.csv``: hit@5 and MRR per route and fused, with chance.

    python bench/search.py MEDIA_DIR [--data DIR]

Indexes the films first (nothing is done again in a data directory that has them). A hit is
right when it overlaps a labelled span of the query; see queries.md for what that is worth.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from app.results import Hit, Level, SearchRequest
from app.search import Search
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.preparation import Request
from indexer.settings import SearchSettings, load_settings
from indexer.store.open import open_store

QUERIES = Path(__file__).parent / "queries.csv"
FIRST = 5
ALL = 200


@dataclass(frozen=True)
class Query:
    """One labelled query: the right spans (start, end) in seconds of each film by file name."""

    words: str
    kind: str
    spans: dict[str, list[tuple[float, float]]]

    def right(self, film: str, hit: Hit) -> bool:
        """Return whether a hit overlaps a right span of its film."""
        return any(
            hit.start_seconds < end and start < hit.end_seconds
            for start, end in self.spans.get(film, [])
        )


@dataclass(frozen=True)
class Score:
    """Of one query: whether a right hit is in the first five, and 1 / its rank."""

    kind: str
    hit: float
    reciprocal: float


def read_queries(path: Path = QUERIES) -> list[Query]:
    """Read the labelled queries; rows of one query belong together."""
    queries: dict[str, Query] = {}
    for row in pl.read_csv(path).iter_rows(named=True):
        query = queries.setdefault(row["query"], Query(row["query"], row["kind"], {}))
        spans = [part.split("-") for part in row["spans"].split(";")]
        query.spans[row["film"]] = [(float(start), float(end)) for start, end in spans]
    return list(queries.values())


def score(query: Query, hits: Sequence[Hit], films: dict[str, str]) -> Score:
    """Score one answer; ``films`` maps title ids to file names."""
    right = [place for place, hit in enumerate(hits, 1) if query.right(films[hit.title_id], hit)]
    first = right[0] if right else None
    return Score(query.kind, float(first is not None and first <= FIRST), 1 / first if first else 0)


def chance(query: Query, everything: Sequence[Hit], films: dict[str, str]) -> Score:
    """Return the expected score of a random order of all there is."""
    total = len(everything)
    right = sum(query.right(films[hit.title_id], hit) for hit in everything)
    misses = comb(total - right, FIRST) / comb(total, FIRST)
    places = range(1, total - right + 2)
    first = [comb(total - place, right - 1) / comb(total, right) for place in places]
    reciprocal = sum(p / place for p, place in zip(first, places, strict=True)) if right else 0.0
    return Score(query.kind, 1 - misses if right else 0.0, reciprocal)


def mean_cells(scores: Sequence[Score], kinds: Sequence[str]) -> list[str]:
    """Return "hit@5 MRR" over all queries, then for each kind."""
    cells = []
    for kind in ("", *kinds):
        own = [each for each in scores if kind in ("", each.kind)]
        hit = sum(each.hit for each in own) / len(own)
        reciprocal = sum(each.reciprocal for each in own) / len(own)
        cells.append(f"{hit:.2f}  {reciprocal:.2f}")
    return cells


def measure(media: Path, data: Path, profile: str | None) -> None:
    """Index, run every query on every route and fused, and print the tables."""
    catalogue = Catalogue(data)
    settings = load_settings(data, profile=profile)
    Indexer(catalogue, settings, Silence()).run(Request((media,)))
    films = {m.title.title_id: m.title.media.path.name for m in catalogue.manifests()}
    queries = read_queries()
    kinds = sorted({query.kind for query in queries})
    models = Models(settings)
    console = Console(width=110)
    with open_store(catalogue.store_path, settings.qdrant_url, settings.qdrant_api_key) as store:
        for level in ("clip", "shot"):
            table = Table("route", f"all {len(queries)}: hit@5  MRR", *kinds)
            rows: dict[str, SearchSettings] = {
                route: settings.search.model_copy(update={"weights": {route: 1.0}})
                for route in settings.search.weights
            }
            for name, choice in {**rows, "fused": settings.search}.items():
                search = Search(store, models, choice)
                answers = [run(search, query.words, level) for query in queries]
                scores = [score(q, hits, films) for q, hits in zip(queries, answers, strict=True)]
                table.add_row(name, *mean_cells(scores, kinds))
            everything = run(search, "", level)
            table.add_row(
                "chance", *mean_cells([chance(q, everything, films) for q in queries], kinds)
            )
            console.print(
                f"{len(everything)} {level}s of {len(films)} films, profile {settings.profile}"
            )
            console.print(table)


def run(search: Search, words: str, level: Level) -> list[Hit]:
    """Return all hits of a query."""
    return search.run(SearchRequest(q=words, level=level, limit=ALL)).hits


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("media", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--profile")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(arguments.media, arguments.data or Path(scratch), arguments.profile)


if __name__ == "__main__":
    main()
