"""The store on a Qdrant server or cluster."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from qdrant_client import QdrantClient, models

from indexer.network import may_use_proxy, without_user
from indexer.sections import StoreSettings
from indexer.store.addresses import Addresses
from indexer.store.administration import ServerCollections
from indexer.store.base import Nearest, ScoredPoint
from indexer.store.ownership import Owner
from indexer.store.parameters import search_parameters
from indexer.store.portable import (
    check_points,
    checked_query,
    plain_record,
    plain_scored_point,
)
from indexer.store.translate import edge_filter, edge_order
from indexer.store.values import (
    check_ids,
    check_page,
    check_payload,
    is_uuid,
)

BATCH = 64
"""Points of one request: a server takes 32 MiB, and a point of profile `full` is about
100 kB as JSON."""

TIMEOUT = 30
"""Seconds to wait for an answer."""


def connect(
    url: str,
    api_key: str | None,
    settings: StoreSettings | None = None,
    told: Callable[[str], None] | None = None,
    owner: Owner | None = None,
) -> "ClientStore":
    """Return the store of the server at ``url``, which is first asked when it is first used.

    Args:
        url: its address, or those of a cluster's nodes with commas between them.
        api_key: its key, if it asks for one.
        settings: how its collections are made, and how long it may be away.
        told: makes the store wait without end for a server that goes away, see ``Patience``.
        owner: whose collections are seen; without one, the server is this store's alone.

    Raises:
        ReelfindError: an address is no URL.
    """
    addresses = Addresses(url)
    # The client warns of a key that it is given as such on every http address, also of a loopback.
    key = (api_key or "").strip()
    client = QdrantClient(
        url=addresses.urls[0],
        headers={"api-key": key} if key else None,
        timeout=TIMEOUT,
        check_compatibility=False,
        trust_env=all(map(may_use_proxy, addresses.urls)),
    )
    client.http.client.add_middleware(addresses.send)
    return ClientStore(client, without_user(url), settings, told, owner)


class ClientStore(ServerCollections):
    """A ``Store`` over a client.

    Filters are translated for the embedded engine too, which is how both refuse the same.
    """

    def upsert(self, collection: str, points: Sequence[models.PointStruct]) -> None:
        """Write points whole, replacing those with the same id."""
        check_points(points)
        place = self._at(collection)
        for start in range(0, len(points), BATCH):
            write = partial(
                self._client.upsert,
                place,
                points=list(points[start : start + BATCH]),
                wait=True,
            )
            self._ask(write, place)

    def overwrite_payloads(
        self, collection: str, payloads: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Replace the payloads of points, by id; their vectors stay, unknown ids are skipped."""
        for identity, payload in payloads.items():
            check_payload(identity, payload)
        place = self._at(collection)
        known = [
            str(point.id) for point in self.retrieve(collection, list(payloads), with_vectors=False)
        ]
        new = [models.SetPayload(payload=dict(payloads[each]), points=[each]) for each in known]
        operations: list[models.UpdateOperation] = [
            models.OverwritePayloadOperation(overwrite_payload=each) for each in new
        ]
        for start in range(0, len(operations), BATCH):
            write = partial(
                self._client.batch_update_points,
                place,
                update_operations=operations[start : start + BATCH],
                wait=True,
            )
            self._ask(write, place)

    def query(self, collection: str, wanted: Nearest) -> list[ScoredPoint]:
        """Return the nearest points, best first."""
        (found,) = self.query_batch(collection, [wanted])
        return found

    def query_batch(
        self, collection: str, wanted: Sequence[Nearest]
    ) -> Sequence[list[ScoredPoint]]:
        """Return what ``query`` returns for each, by one request."""
        if not wanted:
            return []
        requests = [self._request(each) for each in wanted]
        place = self._at(collection)
        answers = self._ask(
            partial(self._client.query_batch_points, place, requests=requests), place
        )
        return [[plain_scored_point(point) for point in answer.points] for answer in answers]

    def _request(self, wanted: Nearest) -> models.QueryRequest:
        vector = checked_query(wanted)
        dense = not isinstance(vector, models.SparseVector)
        fields = wanted.fields
        return models.QueryRequest(
            query=models.NearestQuery(nearest=vector),
            using=wanted.using,
            filter=_portable(wanted.filter),
            params=search_parameters(self._settings) if dense else None,
            limit=wanted.limit,
            offset=wanted.offset,
            score_threshold=wanted.score_threshold,
            with_payload=list(fields) if fields else fields is None,
            with_vector=False,
        )

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
        if order_by is not None:
            edge_order(order_by)
        place = self._at(collection)
        ask = partial(
            self._client.scroll,
            place,
            scroll_filter=_portable(filter),
            limit=limit,
            offset=offset,
            order_by=order_by,
            with_payload=list(fields) if fields else fields is None,
            with_vectors=with_vectors,
        )
        points, following = self._ask(ask, place)
        page = [plain_record(point) for point in points]
        return page, None if following is None else str(following)

    def retrieve(
        self, collection: str, ids: Sequence[str], with_vectors: bool
    ) -> list[models.Record]:
        """Return the points with these ids, in the order asked for; unknown ids are skipped."""
        place = self._at(collection)
        ask = partial(
            self._client.retrieve,
            place,
            ids=[each for each in ids if is_uuid(each)],
            with_payload=True,
            with_vectors=with_vectors,
        )
        found = self._ask(ask, place)
        by_id = {str(point.id): plain_record(point) for point in found}
        return [by_id[each] for each in ids if each in by_id]

    def facets(
        self, collection: str, key: str, *, filter: models.Filter | None = None, limit: int
    ) -> list[models.FacetValueHit]:
        """Count the points of each value of ``key``, exactly: most first, ties by value."""
        check_page(limit)
        place = self._at(collection)
        ask = partial(
            self._client.facet,
            place,
            key=key,
            facet_filter=_portable(filter),
            limit=limit,
            exact=True,
        )
        # A server remembers the values of deleted points.
        return [hit for hit in self._ask(ask, place).hits if hit.count]

    def count(self, collection: str, filter: models.Filter | None = None) -> int:
        """Count the points that the filter leaves, exactly."""
        place = self._at(collection)
        ask = partial(self._client.count, place, count_filter=_portable(filter), exact=True)
        return self._ask(ask, place).count

    def delete(self, collection: str, filter: models.Filter) -> None:
        """Delete the points that the filter matches."""
        edge_filter(filter)
        selector = models.FilterSelector(filter=filter)
        place = self._at(collection)
        ask = partial(self._client.delete, place, points_selector=selector, wait=True)
        self._ask(ask, place)

    def flush(self, collection: str) -> None:
        """Do nothing: a server flushes on its own (every five seconds unless it is told
        otherwise), offers no way to ask for it, and replays its log after a crash."""

    def maintain(self, collection: str, begun: Callable[[], None] | None = None) -> bool:
        """Do nothing: a server optimizes by itself."""
        del collection, begun
        return False


def _portable(filter: models.Filter | None) -> models.Filter | None:
    if filter is not None:
        edge_filter(filter)
    return filter
