"""The embedded store: Qdrant's own engine in this process."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import qdrant_edge as edge
from qdrant_client import models

from indexer.sections import StoreSettings
from indexer.store.base import Nearest, ScoredPoint
from indexer.store.names import pair
from indexer.store.optimizing import WORTH, optimize_copy, search_params, waiting
from indexer.store.portable import check_points, checked_query, plain_scored_point
from indexer.store.schema import CollectionSchema
from indexer.store.shards import Shards
from indexer.store.translate import (
    edge_filter,
    edge_order,
    edge_point,
    edge_vector,
    record,
)
from indexer.store.values import (
    check_ids,
    check_page,
    check_payload,
    is_uuid,
)

RESERVE = 128 * 2**20
"""Bytes of disk that a write must leave free."""


class EdgeStore:
    """A ``Store`` in a directory, which one process owns at a time.

    Safe to use from several threads: every call into the engine holds the interpreter lock.

    Args:
        directory: made if it does not exist.
        reserve: bytes of disk that a write must leave free.
        settings: how an optimized collection is kept.
        worth: points that wait for an optimization before there is one.

    Raises:
        ReelfindError: another process owns the directory, or it cannot be written.
    """

    def __init__(
        self,
        directory: Path,
        reserve: int = RESERVE,
        settings: StoreSettings | None = None,
        worth: int = WORTH,
    ) -> None:
        self._shards = Shards(directory)
        self._reserve = reserve
        self._settings = settings or StoreSettings()
        self._worth = worth
        self._params = search_params(self._settings)

    @property
    def place(self) -> str:
        """The folder it is in."""
        return str(self._shards.directory)

    @property
    def is_remote(self) -> bool:
        """No: the engine is in this process."""
        return False

    def collections(self) -> list[str]:
        """Return the names of all collections, sorted."""
        return self._shards.names()

    def exists(self, collection: str) -> bool:
        """Return whether the collection is there, whole."""
        return self._shards.has(collection)

    def ensure_schema(self, collection: str, schema: CollectionSchema) -> None:
        """Make the collection, or add the payload indexes it lacks."""
        self._shards.require_space(self._reserve)
        self._shards.ensure(collection, schema)

    def schema(self, collection: str) -> CollectionSchema:
        """Return the vectors of the collection and its payload indexes."""
        return self._shards.schema(collection)

    def prepare(self, schema: CollectionSchema, count: int) -> None:
        """Make empty collections ahead, for ``ensure_schema`` to take; those left over vanish."""
        self._shards.require_space(self._reserve)
        self._shards.prepare(schema, count)

    def upsert(self, collection: str, points: Sequence[models.PointStruct]) -> None:
        """Write points whole, replacing those with the same id."""
        check_points(points)
        self._shards.require_space(self._reserve)
        operation = edge.UpdateOperation.upsert_points([edge_point(point) for point in points])
        with self._shards.changing(collection) as shard:
            shard.update(operation)

    def overwrite_payloads(
        self, collection: str, payloads: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Replace the payloads of points, by id; their vectors stay, unknown ids are skipped."""
        for identity, payload in payloads.items():
            check_payload(identity, payload)
        self._shards.require_space(self._reserve)
        known = self.retrieve(collection, list(payloads), with_vectors=False)
        with self._shards.changing(collection) as shard:
            for identity in (str(point.id) for point in known):
                new = dict(payloads[identity])
                shard.update(edge.UpdateOperation.overwrite_payload([identity], new))

    def query(self, collection: str, wanted: Nearest) -> list[ScoredPoint]:
        """Return the nearest points, best first."""
        vector = checked_query(wanted)
        request = edge.QueryRequest(
            limit=wanted.limit,
            offset=wanted.offset,
            query=edge.Query.Nearest(edge_vector(vector), using=wanted.using),
            with_payload=_payload(wanted.fields),
            filter=edge_filter(wanted.filter) if wanted.filter else None,
            score_threshold=wanted.score_threshold,
            params=None if isinstance(vector, models.SparseVector) else self._params,
        )
        with self._shards.using(collection) as shard:
            points = shard.query(request)
        return [plain_scored_point(point) for point in points]

    def query_batch(
        self, collection: str, wanted: Sequence[Nearest]
    ) -> Sequence[list[ScoredPoint]]:
        """Return what ``query`` returns for each."""
        return [self.query(collection, each) for each in wanted]

    def scroll(
        self,
        collection: str,
        *,
        filter: models.Filter | None = None,
        limit: int,
        offset: str | None = None,
        order_by: models.OrderBy | None = None,
        with_vectors: bool = False,
        fields: Sequence[str] | None = None,
    ) -> tuple[list[models.Record], str | None]:
        """Return a page of points with payload, and the offset of the next page or None."""
        if offset is not None and order_by is not None:
            raise ValueError("a scroll in an order has no offset")
        check_page(limit)
        check_ids([] if offset is None else [offset])
        request = edge.ScrollRequest(
            offset=offset,
            limit=limit,
            filter=edge_filter(filter) if filter else None,
            with_payload=_payload(fields),
            with_vector=with_vectors,
            order_by=edge_order(order_by) if order_by else None,
        )
        with self._shards.using(collection) as shard:
            points, following = shard.scroll(request)
        return [record(point) for point in points], None if following is None else str(following)

    def retrieve(
        self, collection: str, ids: Sequence[str], with_vectors: bool
    ) -> list[models.Record]:
        """Return the points with these ids, in the order asked for; unknown ids are skipped."""
        with self._shards.using(collection) as shard:
            known = filter(is_uuid, ids)
            found = shard.retrieve([*known], with_payload=True, with_vector=with_vectors)
        return [record(point) for point in found]

    def facets(
        self, collection: str, key: str, *, filter: models.Filter | None = None, limit: int
    ) -> list[models.FacetValueHit]:
        """Count the points of each value of ``key``, exactly: most first, ties by value."""
        check_page(limit)
        request = edge.FacetRequest(
            key, limit=limit, exact=True, filter=edge_filter(filter) if filter else None
        )
        with self._shards.using(collection) as shard:
            hits = shard.facet(request).hits
        return [
            models.FacetValueHit(value=hit.value, count=hit.count)
            for hit in hits
            if hit.count  # The index remembers the values of deleted points.
        ]

    def count(self, collection: str, filter: models.Filter | None = None) -> int:
        """Count the points that the filter leaves, exactly."""
        # The engine knows how many points there are; asked for it exactly, it goes through them.
        asked = edge_filter(filter) if filter else None
        request = edge.CountRequest(exact=asked is not None, filter=asked)
        with self._shards.using(collection) as shard:
            return shard.count(request)

    def delete(self, collection: str, filter: models.Filter) -> None:
        """Delete the points that the filter matches."""
        operation = edge.UpdateOperation.delete_points_by_filter(edge_filter(filter))
        with self._shards.changing(collection) as shard:
            shard.update(operation)

    def drop(self, collection: str) -> None:
        """Delete the collection, if it exists."""
        self._shards.drop(collection)

    def flush(self, collection: str) -> None:
        """Return when everything written to the collection survives a power cut."""
        with self._shards.changing(collection) as shard:
            shard.flush()

    def maintain(self, collection: str, begun: Callable[[], None] | None = None) -> bool:
        """Pack what was written since the last time, if it is much."""
        sizes = self._shards.schema(collection).sizes
        with self._shards.using(collection) as shard:
            worth = waiting(shard, sizes) >= self._worth
        if worth:
            if begun is not None:
                begun()
            self._shards.require_space(self._reserve + self._shards.size(collection))
            fill = partial(optimize_copy, sizes=sizes, settings=self._settings)
            self._shards.exchange(collection, fill)
        return worth

    def current(self) -> str | None:
        """Return the name of the pair that search reads; None if there is none, or not whole."""
        name = self._shards.read_current()
        return name if name and all(map(self.exists, pair(name))) else None

    def set_current(self, name: str) -> None:
        """Let search read the pair ``name`` from now on, both collections at once."""
        for collection in pair(name):
            self._shards.open(collection)
        self._shards.write_current(name)

    def close(self) -> None:
        """Release the engine and the directory. Closing twice does no harm."""
        self._shards.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


def _payload(fields: Sequence[str] | None) -> bool | edge.PayloadSelector:
    """Return how the engine is asked for fields; for none it reads no payload."""
    return edge.PayloadSelector.Include(list(fields)) if fields else fields is None
