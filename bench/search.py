"""Search quality over ``bench/queries.csv``: each route alone, fused, and with each part taken out.

    python -m bench.search MEDIA_DIR [--data DIR]

Indexes the films first (nothing is done again in a data directory that has them). A hit is
right when it overlaps a labelled span of the query; see queries.md for what that is worth.
"""

import argparse
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from rich.console import Console
from rich.table import Table

from app.records import Hit
from app.search.preferences import read_preferences
from app.search.request import Level, SearchRequest, SearchRoute
from app.search.searcher import Searcher
from bench.labelled import Query, Score, cell, read_queries, score
from bench.remembered import RememberingStore, remembering_models
from indexer.backbones.nonsense import KEYBOARDS
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.opening import open_index
from indexer.pipeline_sections import SearchSettings
from indexer.request import Request
from indexer.settings import load_settings
from indexer.store.base import Store

ALL = 200
SHUFFLES = 50
STRINGS = 200
ROUTES: tuple[SearchRoute, ...] = ("picture", "dialogue", "words", "context")
SHARES = (0, 0.5, 0.6, 0.8, 0.9)
PREFERENCES = (0, 0.1, 0.25, 0.5, 1, 2)
METRICS = "hit@1 hit@5 MRR nDCG@10"

Ask = Callable[[Query, Level], list[Hit]]
"""Returns all hits of a query, the tail included."""
Reduce = Callable[[Query], Query]


class Bench:
    """Runs the queries in variants of the planner over one data directory."""

    def __init__(self, store: Store, models: Models, settings: SearchSettings) -> None:
        self._store = RememberingStore.over(store)
        self._models = remembering_models(models)
        self._settings = settings

    def ask(
        self, reduce: Reduce | None = None, *, routes: Sequence[SearchRoute] = (), **settings: Any
    ) -> Ask:
        """Return the planner with other settings, or with something left out of each query."""
        choice = self._settings.model_copy(update=settings)
        search = Searcher(self._store, self._models, choice)

        def ask(query: Query, level: Level) -> list[Hit]:
            reduced = reduce(query) if reduce else query
            request = SearchRequest(
                q=reduced.words,
                then=reduced.then,
                within=reduced.within,
                routes=list(routes),
                level=level,
                limit=ALL,
                tail="keep",
            )
            return search.run(request).hits

        return ask

    def without_route(self, route: str) -> Ask:
        """Return the planner with one route switched off."""
        return self.ask(weights={**self._settings.weights, route: 0.0})

    def variants(self) -> Mapping[str, Ask]:
        """Return what is compared, by name."""
        return {
            **{route: self.ask(routes=[route]) for route in ROUTES},
            "fused": self.ask(),
            **{f"fused, no {route}": self.without_route(route) for route in ROUTES},
            "fused, context always": self.ask(routes=ROUTES),
            "fused, constant 60": self.ask(rank_constant=60),
            **{f"fused, line to picture {s:g}": self.ask(line_to_picture=s) for s in SHARES},
            "fused, no order in time": self.ask(lambda query: replace(query, then="")),
            "fused, no preferences": self.ask(preference=0),
        }

    def preferring(self) -> Mapping[str, Ask]:
        """Return the planner with other weights of preferences, by name."""
        return {f"preferences {weight:g}": self.ask(preference=weight) for weight in PREFERENCES}


def possible(query: Query, everything: Sequence[Hit], films: Mapping[str, str]) -> int:
    """Return how many right hits there are to be found."""
    if query.then:
        return len({moment[0] for own in query.spans.values() for moment in own})
    return sum(query.right(films[hit.title_id], hit) for hit in everything)


def run(
    ask: Ask, queries: Sequence[Query], level: Level, everything: list[Hit], films: dict[str, str]
) -> list[Score]:
    """Score every query."""
    return [
        score(query, ask(query, level), films, possible(query, everything, films))
        for query in queries
    ]


def by_kind(title: str, rows: Mapping[str, Sequence[Score]]) -> Table:
    """Return a table of the means over all queries, then over each kind."""
    first = next(iter(rows.values()))
    kinds = sorted({each.query.kind for each in first})
    counts = [
        f"{kind} {len({id(s.query) for s in first if s.query.kind == kind})}" for kind in kinds
    ]
    table = Table(METRICS, f"all {len({id(s.query) for s in first})}", *counts, title=title)
    for name, scores in rows.items():
        parts = [[each for each in scores if each.query.kind == kind] for kind in kinds]
        table.add_row(name, *(cell(part) for part in (scores, *parts)))
    return table


def halves(title: str, rows: Mapping[str, Sequence[Score]]) -> Table:
    """Return a table of the means over the queries that settings were tuned on, and the others."""
    table = Table(METRICS, "tuned on", "not", title=title)
    for name, scores in rows.items():
        parts = [[each for each in scores if each.query.tuned is half] for half in (True, False)]
        table.add_row(name, *map(cell, parts))
    return table


def nonsense(models: Models, settings: SearchSettings, queries: Sequence[Query]) -> str:
    """Return how many queries, and how many strings of random letters, are taken for nonsense.

    The letters are others than those by which it is told.
    """
    draw = random.Random(1)
    strings = [
        "".join(draw.choice(keys) for _ in range(draw.randrange(6, 14)))
        for _ in range(STRINGS // len(KEYBOARDS))
        for keys in KEYBOARDS
    ]
    names = [each.words for each in queries]
    found = [
        sum(models.nonsense.share(each) >= settings.nonsense for each in embedded)
        for embedded in map(models.backbones.text.embed_query, (names, strings))
    ]
    return (
        f"Taken for nonsense: {found[0]} of {len(names)} queries, "
        f"{found[1]} of {len(strings)} random strings"
    )


def measure(media: Path, data: Path, profile: str | None) -> None:
    """Index, run every query in every variant, and print the tables."""
    catalogue = Catalogue(data)
    settings = load_settings(data, profile=profile)
    Indexer(catalogue, settings, Silence()).run(Request((media,)))
    films = {m.title.title_id: m.title.media.path.name for m in catalogue.manifests()}
    queries = read_queries()
    console = Console(width=170)
    with open_index(catalogue, settings) as store:
        models = Models(settings)
        console.print(nonsense(models, settings.search, queries))
        bench = Bench(store, models, settings.search)
        for level in get_args(Level):
            everything = bench.ask()(Query("", "", "", 1, {}, tuned=False), level)
            rows = {
                name: run(ask, queries, level, everything, films)
                for name, ask in bench.variants().items()
            }
            draw = random.Random(0)
            rows["chance"] = [
                score(query, draw.sample(everything, len(everything)), films, count)
                for query in queries
                for count in [possible(query, everything, films)]
                for _ in range(SHUFFLES)
            ]
            about = f"{len(everything)} {level}s of {len(films)} films, profile {settings.profile}"
            console.print(by_kind(f"{about}: all queries", rows))
            unseen = {
                name: [each for each in rows[name] if not each.query.tuned]
                for name in (*ROUTES, "fused", "fused, constant 60", "chance")
            }
            console.print(by_kind(f"{about}: the half that nothing was tuned on", unseen))
            preferring = [each for each in queries if read_preferences(each.words)]
            weighed = {
                name: run(ask, preferring, level, everything, films)
                for name, ask in bench.preferring().items()
            }
            console.print(halves(f"{about}: {len(preferring)} with preferences", weighed))


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
