"""Lists the points that pass the filters, page by page, in the order of a payload field.

A page continues after a value and an id, not after a number of points, so that every page costs
the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from qdrant_client import models

from app.search.combine import Candidate, Ranking
from app.search.cursor import Position
from app.search.plan import SearchPlan
from indexer.store.base import Store

TITLES = 10_000
"""Values that are asked for at first; ten times as many while there are more."""
STEP = 128
SLACK = 1e-12
"""How far a score in the engine's index may be from the same score in a payload: the engine reads
numbers from JSON to within their last place. Two scores are further apart, being of 32 bits."""

Records = Iterator[tuple[models.Record, Position]]


@dataclass(frozen=True)
class Listing:
    """A page of points, with the number before it, the total, and the position of the next page."""

    records: list[models.Record]
    seen: int
    found: int
    following: Position | None


def order_key(plan: SearchPlan) -> str:
    """Return the field that hits without words are ordered by, most first."""
    return "popularity" if plan.presentation.order == "popularity" else "clip_worthiness"


def list_page(plan: SearchPlan, store: Store) -> Listing:
    """Return a page of the points that pass the filters, from the cursor's position."""
    show = plan.presentation
    seen, *after = show.position or (0,)
    found = list(islice(browse(plan, store, after or None), show.limit + 1))
    page = found[: show.limit]
    following = [seen + len(page), *page[-1][1]] if len(found) > len(page) else None
    return Listing(
        records=[record for record, _ in page],
        seen=seen,
        found=store.count(plan.collection, plan.filters.on_hits),
        following=following,
    )


def pool(plan: SearchPlan, store: Store) -> Ranking:
    """Return the first points that pass the filters, to be arranged."""
    key = order_key(plan)
    first = islice(browse(plan, store, None), plan.settings.listed)
    return Ranking([Candidate(str(record.id), _value(record, key)) for record, _ in first])


def browse(plan: SearchPlan, store: Store, after: Position | None) -> Records:
    """Yield the points that pass the filters, each with the position after it.

    In order of time: by name of the title, then by id of the title, then by frame. Otherwise the
    highest score first, ties in order of id; points without that score are left out.

    Args:
        plan: says what is left, and in what order.
        store: where the points are.
        after: a position from an earlier call; yields the points after it.
    """
    filter_ = plan.filters.on_hits
    if plan.presentation.order == "time":
        return _in_time(store, plan.collection, filter_, after)
    return _by_score(store, plan.collection, filter_, order_key(plan), after)


def _by_score(
    store: Store, collection: str, filter_: models.Filter | None, key: str, after: Position | None
) -> Records:
    if after is not None:
        yield from _ties(store, collection, filter_, key, after[0], after[1])
    below = after[0] if after is not None else None
    while True:
        records, _ = store.scroll(
            collection,
            filter=_also(
                filter_, models.FieldCondition(key=key, range=models.Range(lt=below - SLACK))
            )
            if below is not None
            else filter_,
            limit=STEP,
            order_by=models.OrderBy(key=key, direction=models.Direction.DESC),
        )
        if not records:
            return
        values = [_value(record, key) for record in records]
        # The engine does not define the order of ties, and may return only some of the last ones.
        last = values[-1]
        whole = [r for r, value in zip(records, values, strict=True) if value > last]
        whole.sort(key=lambda record: (-_value(record, key), str(record.id)))
        for record in whole:
            yield record, [_value(record, key), str(record.id)]
        yield from _ties(store, collection, filter_, key, last, None)
        below = last


def _ties(
    store: Store,
    collection: str,
    filter_: models.Filter | None,
    key: str,
    value: float,
    after: str | None,
) -> Records:
    """Yield the points with exactly this value that come after ``after``, in order of id."""
    same = models.FieldCondition(key=key, range=models.Range(gte=value - SLACK, lte=value + SLACK))
    offset = after
    while True:
        records, offset = store.scroll(
            collection, filter=_also(filter_, same), limit=STEP, offset=offset
        )
        for record in records:
            if str(record.id) != after:
                yield record, [_value(record, key), str(record.id)]
        if offset is None:
            return


def _in_time(
    store: Store, collection: str, filter_: models.Filter | None, after: Position | None
) -> Records:
    for title in _values(store, collection, filter_, "title"):
        if after is not None and title < after[0]:
            continue
        of_name = _also(filter_, _equals("title", title))
        for title_id in _values(store, collection, of_name, "title_id"):
            if after is not None and (title, title_id) < (after[0], after[1]):
                continue
            own = _also(of_name, _equals("title_id", title_id))
            frame = -1
            if after is not None and (title, title_id) == (after[0], after[1]):
                frame = after[2]
            for record in _frames(store, collection, own, frame):
                yield record, [title, title_id, (record.payload or {})["start_frame"]]


def _frames(
    store: Store, collection: str, filter_: models.Filter, after: int
) -> Iterator[models.Record]:
    while True:
        later = models.FieldCondition(key="start_frame", range=models.Range(gt=after))
        records, _ = store.scroll(
            collection,
            filter=_also(filter_, later),
            limit=STEP,
            order_by=models.OrderBy(key="start_frame", direction=models.Direction.ASC),
        )
        yield from records
        if len(records) < STEP:
            return
        after = int((records[-1].payload or {})["start_frame"])


def _values(store: Store, collection: str, filter_: models.Filter | None, key: str) -> list[str]:
    limit = TITLES
    while len(hits := store.facets(collection, key, filter=filter_, limit=limit)) == limit:
        limit *= 10
    return sorted(str(hit.value) for hit in hits)


def _value(record: models.Record, key: str) -> float:
    return float((record.payload or {})[key])


def _also(filter_: models.Filter | None, condition: models.Condition) -> models.Filter:
    return models.Filter(must=[*([filter_] if filter_ is not None else []), condition])


def _equals(key: str, value: str) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchValue(value=value))
