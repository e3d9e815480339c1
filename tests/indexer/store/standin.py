"""A Qdrant cluster for tests: the client's own memory mode behind the paths that the store asks.

It answers as real servers were seen to (1.18.3, alone and three of them): facets keep a value whose
last point is gone, sparse weights are the shortest decimals of a float32, each shard counts the
documents of its words, and a write that not enough replicas take is an error that stays on those
that took it. Tests switch the faults on.
"""

import json
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from qdrant_client import QdrantClient, models

from indexer.sections import StoreSettings
from indexer.store.client import ClientStore, connect

UNAVAILABLE = (
    "Service internal error: 1 out of 1 shards failed to apply operation. First error captured:"
    " Service internal error: Tonic status error: status: Unavailable, message: tcp connect error"
)
DONE = {"operation_id": 1, "status": "completed"}


class StandIn(httpx.BaseTransport):
    """Answers requests to any host.

    Args:
        shards: parts of each collection.
        replicas: copies of each shard, all of which have to take a write.
    """

    def __init__(self, shards: int = 1, replicas: int = 1) -> None:
        self.copies = [[QdrantClient(":memory:") for _ in range(shards)] for _ in range(replicas)]
        self.asked: list[tuple[str, str]] = []
        """The method and the path of each request that was answered."""
        self.hosts_away: dict[str, Exception | int] = {}
        """What a host answers all requests with: an error of the connection, or a status."""
        self.replicas_away: set[int] = set()
        self.busy: list[httpx.Response] = []
        """Answers to the next requests, which do nothing."""
        self._indexes: dict[str, dict[str, str]] = defaultdict(dict)
        self._seen: dict[tuple[str, str], set[Any]] = defaultdict(set)
        self._lock = RLock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        away = self.hosts_away.get(request.url.host)
        if isinstance(away, Exception):
            raise away
        if away is not None:
            return httpx.Response(away, text="<html>")
        if self.busy:
            return self.busy.pop(0)
        with self._lock:
            return self._answer(request)

    def close(self) -> None:
        """A transport is closed with its client, and this serves several."""

    def count(self, collection: str, replica: int) -> int:
        """Return how many points a replica has."""
        return sum(shard.count(collection).count for shard in self.copies[replica])

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/").split("/")
        self.asked.append((request.method, "/".join(path)))
        body = json.loads(request.content) if request.content else {}
        collection = path[1] if len(path) > 1 else ""
        if path[0] == "collections" and len(path) > 2 and path[1] != "aliases":
            known = {each.alias_name: each.collection_name for each in self._aliases()}
            collection = known.get(collection, collection)
            if not self._first.collection_exists(collection) and path[2] != "exists":
                return httpx.Response(404, json={"status": {"error": "Not found: Collection"}})
        handler = getattr(self, "_".join(["", request.method.lower(), *_generic(path)]))
        try:
            result = handler(collection, body)
        except _ReplicaAwayError:
            return httpx.Response(500, json={"status": {"error": UNAVAILABLE}, "time": 0.0})
        return httpx.Response(200, json={"result": result, "status": "ok", "time": 0.0})

    @property
    def _first(self) -> QdrantClient:
        return self._shards[0]

    @property
    def _shards(self) -> list[QdrantClient]:
        """The shards that are read: those of the first replica that is there."""
        return next(own for at, own in enumerate(self.copies) if at not in self.replicas_away)

    def _write(self, write: Callable[[QdrantClient, int], object]) -> dict[str, Any]:
        for at, shards in enumerate(self.copies):
            if at not in self.replicas_away:
                for number, shard in enumerate(shards):
                    write(shard, number)
        if self.replicas_away:
            raise _ReplicaAwayError
        return DONE

    def _own(self, ids: list[Any], number: int) -> list[Any]:
        return [each for each in ids if UUID(str(each)).int % len(self._shards) == number]

    def _note(self, collection: str, payload: Mapping[str, Any]) -> None:
        for field in self._indexes[collection]:
            value = payload.get(field)
            self._seen[collection, field].update(value if isinstance(value, list) else [value])

    # Collections

    def _get_collections(self, _: str, __: Any) -> Any:
        return self._first.get_collections().model_dump(mode="json")

    def _get_collection_exists(self, name: str, _: Any) -> Any:
        return {"exists": self._first.collection_exists(name)}

    def _get_collection(self, name: str, _: Any) -> Any:
        found = self._first.get_collection(name).model_dump(mode="json", exclude_none=True)
        indexes = {
            field: {"data_type": kind, "points": 0} for field, kind in self._indexes[name].items()
        }
        return found | {"payload_schema": indexes}

    def _put_collection(self, name: str, body: Any) -> Any:
        made = models.CreateCollection(**body)
        for shard in self._all():
            shard.create_collection(name, made.vectors, made.sparse_vectors)
        return True

    def _delete_collection(self, name: str, _: Any) -> Any:
        self._indexes.pop(name, None)
        return [shard.delete_collection(name) for shard in self._all()] != []

    def _put_collection_index(self, name: str, body: Any) -> Any:
        self._indexes[name][body["field_name"]] = body["field_schema"]
        return DONE

    def _get_aliases(self, _: str, __: Any) -> Any:
        return {"aliases": [each.model_dump() for each in self._aliases()]}

    def _post_collections_aliases(self, _: str, body: Any) -> Any:
        actions = models.ChangeAliasesOperation(**body).actions
        return [shard.update_collection_aliases(actions) for shard in self._all()] != []

    def _aliases(self) -> list[models.AliasDescription]:
        return self._first.get_aliases().aliases

    def _all(self) -> Iterator[QdrantClient]:
        return (shard for shards in self.copies for shard in shards)

    # Points

    def _put_collection_points(self, name: str, body: Any) -> Any:
        points = [models.PointStruct(**each) for each in body["points"]]

        def upsert(shard: QdrantClient, number: int) -> None:
            own = self._own([point.id for point in points], number)
            if own:
                shard.upsert(name, [point for point in points if point.id in own])

        for point in points:
            self._note(name, point.payload or {})
        return self._write(upsert)

    def _post_collection_points_batch(self, name: str, body: Any) -> Any:
        operations = [each["overwrite_payload"] for each in body["operations"]]

        def overwrite(shard: QdrantClient, number: int) -> None:
            for each in operations:
                for point in self._own(each["points"], number):
                    shard.overwrite_payload(name, each["payload"], points=[point])

        for each in operations:
            self._note(name, each["payload"])
        return [self._write(overwrite)]

    def _post_collection_points_delete(self, name: str, body: Any) -> Any:
        selector = models.FilterSelector(**body)
        return self._write(lambda shard, _: shard.delete(name, selector))

    def _post_collection_points(self, name: str, body: Any) -> Any:
        found = [
            point
            for shard in self._shards
            for point in shard.retrieve(
                name, body["ids"], body.get("with_payload", True), body.get("with_vector", False)
            )
        ]
        return [_dumped(point) for point in found]

    def _post_collection_points_scroll(self, name: str, body: Any) -> Any:
        asked = models.ScrollRequest(**body)
        limit, order = asked.limit or 10, asked.order_by
        found = [
            point
            for shard in self._shards
            for point in shard.scroll(
                name,
                asked.filter,
                limit + 1,
                order,
                asked.offset,
                with_payload=asked.with_payload or False,
                with_vectors=asked.with_vector or False,
            )[0]
        ]
        if order is None:
            found.sort(key=lambda point: UUID(str(point.id)).int)
        more = order is None and len(found) > limit
        page = {"points": [_dumped(point) for point in found[:limit]]}
        return page | ({"next_page_offset": found[limit].id} if more else {})

    def _post_collection_points_count(self, name: str, body: Any) -> Any:
        asked = models.CountRequest(**body)
        return {"count": sum(shard.count(name, asked.filter).count for shard in self._shards)}

    def _post_collection_facet(self, name: str, body: Any) -> Any:
        asked = models.FacetRequest(**body)
        counts = dict.fromkeys(self._seen[name, asked.key] - {None}, 0)
        for shard in self._shards:
            for hit in shard.facet(name, asked.key, asked.filter, 10_000).hits:
                counts[hit.value] = counts.get(hit.value, 0) + hit.count
        order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        return {"hits": [{"value": each, "count": many} for each, many in order[: asked.limit]]}

    def _post_collection_points_query(self, name: str, body: Any) -> Any:
        asked = models.QueryRequest(**body)
        limit, offset = asked.limit or 10, asked.offset or 0
        found = [
            point
            for shard in self._shards
            for point in shard.query_points(
                name,
                query=asked.query,
                using=asked.using,
                query_filter=asked.filter,
                limit=limit + offset,
                score_threshold=asked.score_threshold,
                with_payload=asked.with_payload or False,
            ).points
        ]
        found.sort(key=lambda point: -point.score)
        return {"points": [_dumped(point) for point in found[offset : offset + limit]]}

    def _post_collection_points_query_batch(self, name: str, body: Any) -> Any:
        return [self._post_collection_points_query(name, each) for each in body["searches"]]


class _ReplicaAwayError(Exception):
    """Not every replica took a write."""


def _generic(path: list[str]) -> list[str]:
    """Return a path without the name of a collection."""
    named = path[0] == "collections" and len(path) > 1 and path[1] != "aliases"
    return ["collection", *path[2:]] if named else path


def _dumped(point: models.Record | models.ScoredPoint) -> dict[str, Any]:
    dumped = point.model_dump(mode="json", exclude_none=True)
    for vector in (dumped.get("vector") or {}).values():
        if isinstance(vector, dict):
            vector["values"] = [float(str(np.float32(each))) for each in vector["values"]]
    return dumped | {"payload": point.payload or {}}


def ask(
    server: StandIn,
    url: str = "http://qdrant.test:6333",
    settings: StoreSettings | None = None,
    key: str | None = None,
) -> ClientStore:
    """Return a store whose requests to ``url`` the stand-in answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.store.client.QdrantClient", partial(QdrantClient, transport=server))
        return connect(url, key, settings)


@contextmanager
def standing_in(shards: int = 1, replicas: int = 1) -> Iterator[StandIn]:
    """Yield a cluster."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Payload indexes have no effect in the local Qdrant")
        server = StandIn(shards, replicas)
        yield server
        for each in server.copies:
            for shard in each:
                shard.close()


@contextmanager
def listening() -> Iterator[str]:
    """Yield the address of a cluster that other processes reach."""
    with standing_in() as server:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = httpx.Request(self.command, f"http://x{self.path}", content=content)
                answer = server.handle_request(asked)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()
        listening.server_close()
