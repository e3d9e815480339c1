"""What marking hits good and bad is worth: the labelled queries, by several ways of using marks.

    python -m bench.feedback MEDIA_DIR [--data DIR]

Simulates somebody who looks at the first page of a search and marks every hit right or wrong by the
labels. What comes after is measured on the hits not yet seen (the residual collection of Chang,
Cirillo and Razon 1971): otherwise putting the marked ones first would count as a gain. Queries in
time are left out, and those of which no right hit is unseen.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import get_args

import numpy as np
from rich.console import Console
from rich.table import Table

from app.records import Hit
from app.search.combine import fuse_ranks
from app.search.execute import RankedList
from app.search.nearest import Match
from app.search.request import Level, RouteName, SearchRequest
from app.search.scale import Scale
from app.search.searcher import Searcher
from app.search.similarity import Vector, rocchio, vectors_of
from bench.labelled import Query, Score, cell, read_queries, score
from bench.remembered import RememberingStore, remembering_models
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.opening import open_index
from indexer.pipeline_sections import SearchSettings
from indexer.request import Request
from indexer.settings import load_settings
from indexer.store.base import Store
from indexer.store.names import CONTEXT, PICTURE, pair

PAGE: dict[Level, int] = {"clip": 5, "shot": 10}
"""Hits that are looked at and marked."""
ALL = 200
WEIGHTS = (0.5, 1.0, 2.0, 4.0)

Marks = tuple[Sequence[str], Sequence[str]]
"""The ids marked good, and those marked bad."""
Way = Callable[[Level, Sequence[Hit], Marks], list[str]]
"""Returns ids, best first, from the hits of a query and the marks on some of them."""
IGNORED = "marks ignored"
PLANNER = "search: Rocchio in context, weight {:g}"


class Ways:
    """The ways of using marks that are compared."""

    def __init__(self, store: Store, models: Models, settings: SearchSettings) -> None:
        self._store = store
        self._models = models
        self._settings = settings
        self._vectors: dict[tuple[Level, str], dict[str, Vector]] = {}

    def found(
        self, query: Query, level: Level, marks: Marks = ((), ()), weight: float = 1.0
    ) -> list[Hit]:
        """Return the answer of the planner itself, marks having this weight."""
        good, bad = marks
        weights = {**self._settings.weights, "like": weight}
        choice = self._settings.model_copy(update={"weights": weights})
        request = SearchRequest(
            q=query.words,
            good=list(good),
            bad=list(bad),
            level=level,
            limit=ALL,
            tail="keep",
        )
        return Searcher(self._store, self._models, choice).run(request).hits

    def all(self) -> dict[str, Way]:
        """Return the ways that are compared with the planner's own, by name."""
        ways: dict[str, Way] = {}
        for weight in WEIGHTS:
            near = f"weight {weight:g}"
            ways[f"Rocchio in picture, {near}"] = self._way(self._rocchio, PICTURE, weight)
            ways[f"best score in picture, {near}"] = self._way(_best, PICTURE, weight)
            ways[f"best score in context, {near}"] = self._way(_best, CONTEXT, weight)
        return ways

    def _way(
        self, measure: Callable[[Vector, Vector, Vector], Vector], using: str, weight: float
    ) -> Way:
        def way(level: Level, hits: Sequence[Hit], marks: Marks) -> list[str]:
            vectors = self._of(level, using)
            everything = np.array(list(vectors.values()))
            good, bad = (
                np.array([vectors[each] for each in own]).reshape(len(own), everything.shape[1])
                for own in marks
            )
            scores = measure(everything, good, bad)
            near = [Match(each, float(s)) for each, s in zip(vectors, scores, strict=True)]
            near.sort(key=lambda each: (-each.score, each.id))
            routes = [
                *_routes(hits, self._settings),
                _list("like", weight, near[: self._settings.depth]),
            ]
            return list(fuse_ranks(routes, self._settings.rank_constant))

        return way

    def _rocchio(self, everything: Vector, good: Vector, bad: Vector) -> Vector:
        return everything @ rocchio(list(good), list(bad), self._settings.negative)

    def _of(self, level: Level, using: str) -> dict[str, Vector]:
        """Return the vectors of all points of a level, of unit norm."""
        if (level, using) not in self._vectors:
            name = self._store.current()
            assert name is not None
            shots, clips = pair(name)
            collection = shots if level == "shot" else clips
            records, _ = self._store.scroll(collection, limit=100_000)
            ids = [str(record.id) for record in records]
            self._vectors[level, using] = vectors_of(self._store, collection, ids, using)
        return self._vectors[level, using]


def _best(everything: Vector, good: Vector, bad: Vector) -> Vector:
    """Return Qdrant's best score: as near as the nearest good one, or as far as the nearest bad."""
    nothing = np.full((len(everything), 1), -np.inf)
    near = np.hstack([nothing, everything @ good.T]).max(axis=1) if len(good) else nothing[:, 0]
    far = np.hstack([nothing, everything @ bad.T]).max(axis=1) if len(bad) else nothing[:, 0]
    scores: Vector = np.where(near > far, 1 + near, -1 - far)
    return scores


def _routes(hits: Sequence[Hit], settings: SearchSettings) -> list[RankedList]:
    """Return what the routes of a search found, from the reasons of its hits."""
    routes: dict[RouteName, list[tuple[int, Match]]] = {}
    for hit in hits:
        for why in hit.why:
            routes.setdefault(why.route, []).append((why.rank, Match(hit.id, why.score)))
    return [
        _list(
            route,
            settings.weights.get(route, settings.preference),
            [each for _, each in sorted(own, key=itemgetter(0))],
        )
        for route, own in routes.items()
    ]


def _list(route: RouteName, weight: float, matches: list[Match]) -> RankedList:
    scale = Scale.of([each.score for each in matches], None, None)
    return RankedList(route, weight, matches, scale)


def measure(media: Path, data: Path, profile: str | None) -> None:
    """Index, mark the first page of every query, and print a table for each level."""
    catalogue = Catalogue(data)
    settings = load_settings(data, profile=profile)
    Indexer(catalogue, settings, Silence()).run(Request((media,)))
    films = {m.title.title_id: m.title.media.path.name for m in catalogue.manifests()}
    queries = [query for query in read_queries() if not query.then]
    console = Console(width=120)
    with open_index(catalogue, settings) as store:
        models = remembering_models(Models(settings))
        ways = Ways(RememberingStore.over(store), models, settings.search)
        for level in get_args(Level):
            everything = ways.found(replace(queries[0], words=""), level)
            by_id = {hit.id: hit for hit in everything}
            scores: dict[str, list[Score]] = {}
            for query in queries:
                hits = ways.found(query, level)
                page = hits[: PAGE[level]]
                right = [query.right(films[hit.title_id], hit) for hit in page]
                good = [hit.id for hit, so in zip(page, right, strict=True) if so]
                bad = [hit.id for hit, so in zip(page, right, strict=True) if not so]
                seen = {hit.id for hit in page}
                unseen = [hit for hit in everything if hit.id not in seen]
                left = sum(query.right(films[hit.title_id], hit) for hit in unseen)
                if not left:
                    continue
                orders = {IGNORED: [hit.id for hit in hits]}
                for weight in WEIGHTS:
                    marked = ways.found(query, level, (good, bad), weight)
                    orders[PLANNER.format(weight)] = [hit.id for hit in marked]
                for name, way in ways.all().items():
                    orders[name] = way(level, hits, (good, bad))
                for name, order in orders.items():
                    after = [by_id[each] for each in order if each not in seen]
                    scores.setdefault(name, []).append(score(query, after, films, left))
            halves = [
                {name: [s for s in own if s.query.tuned is half] for name, own in scores.items()}
                for half in (True, False)
            ]
            counts = [len(half[IGNORED]) for half in halves]
            table = Table(
                "hit@1 hit@5 MRR nDCG@10 of the unseen",
                f"{counts[0]} queries",
                f"the other {counts[1]}",
                title=f"{len(everything)} {level}s, {PAGE[level]} marked, {settings.profile}",
            )
            for name in scores:
                table.add_row(name, *(cell(half[name]) for half in halves))
            console.print(table)


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
