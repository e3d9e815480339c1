"""Facets: how many hits each value of a filter, or each part of its range, would leave."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.records import Bin, FacetCount, Facets
from app.search.filters import Tasks, build_filter
from app.search.histograms import RANGES, Range, count_in_payloads, count_in_store
from app.search.request import SearchRequest
from indexer.scoring import USER_FIELD, field_of
from indexer.store.base import Store

FIELDS = {
    "tone": "tones",
    "genre": "genres",
    "ad_category": "ad_categories",
    "title": "title",
    "series": "series",
    "season": "season",
    "language": "language",
    "has_dialogue": "has_dialogue",
}
"""The fields of a point that filters ask for any value of, by filter."""
MOST_VALUES = 200

Find = Callable[[SearchRequest], Iterable[Mapping[str, Any]]]


def count_facets(
    request: SearchRequest, tasks: Tasks, store: Store, collection: str, find: Find
) -> Facets:
    """Count the values beside each filter; a filter does not narrow its own counts.

    With words or examples, hits are counted as the search finds and cuts them; without, all that
    the other filters leave.

    Args:
        request: its order, page and arrangement do not matter.
        tasks: those of the user's own are counted by their classes.
        store: counts where nothing is looked for.
        collection: the one that hits come from.
        find: returns the payloads of all that a request with words or examples finds.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}

    def sought(others: SearchRequest) -> list[Mapping[str, Any]]:
        asked = others.model_dump_json()
        if asked not in found:
            found[asked] = list(find(others))
        return found[asked]

    def counts(others: SearchRequest, key: str) -> list[FacetCount]:
        if others.seeks:
            return count_values(sought(others), key)
        filter_ = build_filter(others, others.level, tasks)
        hits = store.facets(collection, key, filter=filter_, limit=MOST_VALUES)
        return [FacetCount(value=str(hit.value), count=hit.count) for hit in hits]

    def histogram(others: SearchRequest, range_: Range) -> list[Bin]:
        if others.seeks:
            return count_in_payloads(sought(others), range_)
        filter_ = build_filter(others, others.level, tasks)
        return count_in_store(store, collection, filter_, range_)

    bare = request.model_copy(update={"cursor": None})
    named = {
        filter_: counts(bare.model_copy(update={filter_: _unset(filter_)}), key)
        for filter_, key in FIELDS.items()
    }
    own = {
        name: counts(_without_task(bare, name), field_of(name))
        for name, task in tasks.items()
        if task.kind == "multi-label" and field_of(name).startswith(USER_FIELD)
    }
    ranges = {
        name: histogram(bare.model_copy(update={f"min_{name}": None, f"max_{name}": None}), range_)
        for name, range_ in RANGES.items()
    }
    return Facets(**named, tasks=own, ranges=ranges)


def count_values(payloads: Iterable[Mapping[str, Any]], key: str) -> list[FacetCount]:
    """Count the payloads of each value of ``key``, most first, ties by value; as the store does."""
    counter: Counter[Any] = Counter()
    for payload in payloads:
        value = payload.get(key)
        values = value if isinstance(value, list) else [value]
        counter.update(each for each in set(values) if each is not None)
    order = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return [FacetCount(value=str(value), count=count) for value, count in order[:MOST_VALUES]]


def _unset(filter_: str) -> Any:
    return SearchRequest.model_fields[filter_].get_default()


def _without_task(request: SearchRequest, name: str) -> SearchRequest:
    kept = [
        text
        for text, condition in zip(request.where, request.conditions, strict=True)
        if condition.task != name
    ]
    return request.model_copy(update={"where": kept})
