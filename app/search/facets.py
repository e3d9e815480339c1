"""Facets: how many hits each value of a filter, or each part of its range, would leave."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from qdrant_client import models

from app.records import Bin, FacetCount, Facets
from app.search.combine import Ranking, combine
from app.search.conditions import FilterSet, Tasks
from app.search.execute import execute
from app.search.filters import COMPARED
from app.search.people import NOBODY, Groups, People, is_in, shows
from app.search.plan import SearchPlan
from app.search.present import read_payloads
from app.search.worth import BELOW, WORTH
from indexer.scoring import USER_FIELD, field_of
from indexer.store.base import Store
from indexer.traits import PERSON, VALUES, stored
from indexer.versions import kinds_missing
from indexer.who.grouping import MOST

COUNTED = {name: compare for name, compare in COMPARED.items() if compare.how in ("any", "is")}
"""The filters that ask for any value of a field of a point; ``Facets`` has one each."""

_TRAITS = 2 * (MOST + sum(len(each) for each in VALUES.values()))
"""Traits that shots may have, with those of their clips: they share a field."""


@dataclass(frozen=True)
class Range:
    """A field of a point that filters bound: its bins begin at ``edges``, the last has no end."""

    key: str
    edges: tuple[float, ...]

    def counted(self, counts: Sequence[int]) -> list[Bin]:
        """Return the bins with what is in each."""
        ends = (*self.edges[1:], None)
        return [
            Bin(least=least, below=below, count=count)
            for least, below, count in zip(self.edges, ends, counts, strict=True)
        ]


_TENTHS = tuple(tenth / 10 for tenth in range(10))

RANGES = {
    "worthiness": Range(WORTH, _TENTHS),
    "popularity": Range("popularity", _TENTHS),
    "duration": Range("duration", (0, 2, 5, 10, 15, 20, 30, 45, 60)),
    "start": Range("start_seconds", (0, 60, 300, 600, 1200, 1800, 2700, 3600, 5400, 7200)),
}
"""By the name after ``min_`` and ``max_`` in a request. Scores in tenths; lengths and places in
seconds, in finer steps where clips and films of every length have some. The edges are the same for
every search, so that two of them can be compared. Those of worthiness are percentiles."""


def count_facets(
    plan: SearchPlan,
    tasks: Tasks,
    store: Store,
    ranking: Ranking | None = None,
    people: People = NOBODY,
) -> Facets:
    """Count the values beside each filter; a filter does not narrow its own counts.

    With words or examples, hits are counted as the search finds and cuts them; without, all that
    the other filters leave.

    Args:
        plan: its order, page and arrangement do not matter.
        tasks: those of the user's own are counted by their classes.
        store: where the points are.
        ranking: of the plan, if it has queries.
        people: those with a name are counted.
    """
    count = _Filtered(plan, store) if ranking is None else _Found(plan, store, ranking)
    known: dict[tuple[str, tuple[str, ...]], list[FacetCount]] = {}

    def values(key: str, without: str, start: str = "") -> list[FacetCount]:
        """Count values that begin with ``start``; kinds of traits share a key, and so a count."""
        filters = plan.filters.without(without)
        asked = key, filters.fields
        if asked not in known:
            known[asked] = count.values(key, filters)
        own = [
            FacetCount(value=each.value.removeprefix(start), count=each.count)
            for each in known[asked]
            if each.value.startswith(start)
        ]
        return own[: plan.settings.facet_values]

    own = {
        name: values(field_of(name), f"where:{name}")
        for name, task in tasks.items()
        if task.kind == "multi-label" and field_of(name).startswith(USER_FIELD)
    }
    ranges = {
        name: count.histogram(range_, _bounds(plan, range_), f"min_{name}", f"max_{name}")
        for name, range_ in RANGES.items()
    }
    absent = kinds_missing(plan.pair)
    named = {
        name: values(compare.key, name, compare.kind and stored(compare.kind, ""))
        for name, compare in COUNTED.items()
        if compare.kind not in {*absent, PERSON}
    }
    if PERSON not in absent:
        counted = _counted(people, plan.echo.person, plan.settings.facet_values)
        named["person"] = _ordered(count.people(counted, plan.filters.without("person")))
    return Facets(**named, tasks=own, ranges=ranges)


def _bounds(plan: SearchPlan, range_: Range) -> Sequence[float]:
    """Return where the bins begin, in values of points."""
    if range_.key != WORTH:
        return range_.edges
    # All that is worth less than the first bin's percentile is in it too.
    return [BELOW, *(plan.percentiles.least(edge) for edge in range_.edges[1:])]


class _Filtered:
    """Counts points that pass the filters, in the store."""

    def __init__(self, plan: SearchPlan, store: Store) -> None:
        self._plan = plan
        self._store = store

    def values(self, key: str, filters: FilterSet) -> list[FacetCount]:
        """Count the points of each value of ``key`` that pass the filters."""
        limit = max(self._plan.settings.facet_values, _TRAITS)
        hits = self._store.facets(self._plan.collection, key, filter=filters.on_hits, limit=limit)
        return [FacetCount(value=str(hit.value), count=hit.count) for hit in hits]

    def people(self, people: Mapping[str, Groups], filters: FilterSet) -> dict[str, int]:
        """Count the points with each person that pass the filters, by the person's id."""
        others = [] if filters.on_hits is None else [filters.on_hits]
        return {
            each: self._store.count(
                self._plan.collection, models.Filter(must=[*others, shows(groups)])
            )
            for each, groups in people.items()
        }

    def histogram(self, range_: Range, bounds: Sequence[float], *without: str) -> list[Bin]:
        """Count the points in each bin; those without a value are in none."""
        filter_ = self._plan.filters.without(*without).on_hits

        def count(start: float, below: float | None) -> int:
            inside = models.FieldCondition(key=range_.key, range=models.Range(gte=start, lt=below))
            must = [inside] if filter_ is None else [filter_, inside]
            return self._store.count(self._plan.collection, models.Filter(must=must))

        counts = [count(a, b) for a, b in zip(bounds, [*bounds[1:], None], strict=True)]
        return range_.counted(counts)


class _Found:
    """Counts hits of a search, in the payloads of its candidates."""

    def __init__(self, plan: SearchPlan, store: Store, ranking: Ranking) -> None:
        self._plan = plan
        self._store = store
        self._ranking = ranking
        self._known: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}

    def values(self, key: str, filters: FilterSet) -> list[FacetCount]:
        """Count the hits of each value of ``key`` that pass the filters."""
        return count_values(self._payloads(filters), key)

    def people(self, people: Mapping[str, Groups], filters: FilterSet) -> dict[str, int]:
        """Count the hits with each person that pass the filters, by the person's id."""
        payloads = self._payloads(filters) if people else []
        return {
            each: sum(is_in(payload, groups) for payload in payloads)
            for each, groups in people.items()
        }

    def histogram(self, range_: Range, bounds: Sequence[float], *without: str) -> list[Bin]:
        """Count the hits in each bin; those without a value are in none."""
        counts = [0] * len(range_.edges)
        for payload in self._payloads(self._plan.filters.without(*without)):
            value = payload.get(range_.key)
            place = bisect_right(bounds, value) - 1 if value is not None else -1
            if place >= 0:
                counts[place] += 1
        return range_.counted(counts)

    def _payloads(self, filters: FilterSet) -> list[Mapping[str, Any]]:
        if filters.fields not in self._known:
            self._known[filters.fields] = self._find(filters)
        return self._known[filters.fields]

    def _find(self, filters: FilterSet) -> list[Mapping[str, Any]]:
        plan = replace(self._plan, filters=filters)
        ranking = self._ranking
        if filters.fields != self._plan.filters.fields:
            ranking = combine(plan, execute(plan, self._store, ranking.scales))
        ids = [each.id for each in ranking.candidates]
        return list(read_payloads(plan, self._store, ids).values())


def count_values(payloads: Iterable[Mapping[str, Any]], key: str) -> list[FacetCount]:
    """Count the payloads of each value of ``key``, most first, ties by value; as the store does."""
    counter: Counter[Any] = Counter()
    for payload in payloads:
        value = payload.get(key)
        values = value if isinstance(value, list) else [value]
        counter.update(each for each in set(values) if each is not None)
    order = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return [FacetCount(value=str(value), count=count) for value, count in order]


def _ordered(counts: Mapping[str, int]) -> list[FacetCount]:
    """Return counts, most first; those of 0 are left out."""
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [FacetCount(value=value, count=count) for value, count in order if count]


def _counted(people: People, asked: Sequence[str], most: int) -> Mapping[str, Groups]:
    """Return the groups of those who are asked for, as they are called there, and of others."""
    found = {each: people.groups([each]) for each in asked}
    others = ((each, own) for each, own in people.counted().items() if own not in found.values())
    return found | dict(islice(others, max(0, most - len(found))))
