"""Values that no search should send: one error on every backend, and the engine goes on."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qdrant_edge as edge
from qdrant_client import models

from indexer.errors import StoreError
from indexer.store.base import Nearest, Store
from indexer.store.edge import EdgeStore
from indexer.store.names import point_id
from indexer.store.sparse import Bm25Words
from indexer.store.values import DEEPEST
from tests.indexer.store.bare import BARE, shot

HUGE = 10**400
HALF = "\ud800"


def ranged(**bounds: Any) -> models.Filter:
    return on("clip_worthiness", range=models.Range.model_construct(**bounds))


def on(key: str, **condition: Any) -> models.Filter:
    return models.Filter(must=[models.FieldCondition(key=key, **condition)])


def matching(value: Any) -> models.Filter:
    return on("season", match=models.MatchValue.model_construct(value=value))


FILTERS = {
    "nan": ranged(gte=math.nan),
    "infinity": ranged(lt=math.inf),
    "huge bound": ranged(gt=HUGE),
    "huge": matching(HUGE),
    "65 bits": matching(2**63),
    "text": matching(HALF),
    "any": on("season", match=models.MatchAny.model_construct(any=[1, 2**70])),
    "except": on("genres", match=models.MatchExcept.model_construct(except_=["a", HALF])),
    "id": models.Filter(must=[models.HasIdCondition(has_id=["zz"])]),
    "number as id": models.Filter(must_not=[models.HasIdCondition(has_id=[5])]),
    "field": on("a[", match=models.MatchValue(value=1)),
    "no field": on("", match=models.MatchValue(value=1)),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter(store: Store, filled: str, name: str) -> None:
    asked: list[Callable[[models.Filter], object]] = [
        lambda filter: store.count(filled, filter),
        lambda filter: store.scroll(filled, filter=filter, limit=1),
        lambda filter: store.facets(filled, "title_id", filter=filter, limit=1),
        lambda filter: store.query(
            filled, Nearest(query=[0.5] * 8, using="context", filter=filter, limit=1)
        ),
    ]
    for ask in asked:
        with pytest.raises(StoreError) as caught:
            ask(FILTERS[name])
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200
    with pytest.raises(StoreError):
        store.delete(filled, FILTERS[name])
    assert store.count(filled) == 200


QUERIES: dict[str, dict[str, Any]] = {
    "nan": {"query": [math.nan] * 8},
    "infinities": {"query": [math.inf, -math.inf] * 4},
    "limit": {"limit": HUGE},
    "negative limit": {"limit": -1},
    "offset": {"offset": 2**64},
    "threshold": {"score_threshold": math.nan},
    "sparse": {"query": models.SparseVector(indices=[1, 2], values=[1.0]), "using": "words"},
    "twice": {"query": models.SparseVector(indices=[1, 1], values=[1.0, 1.0]), "using": "words"},
    "index": {"query": models.SparseVector(indices=[2**40], values=[1.0]), "using": "words"},
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query(store: Store, filled: str, name: str) -> None:
    good: dict[str, Any] = {"query": [0.5] * 8, "using": "context", "limit": 3}
    with pytest.raises(StoreError):
        store.query(filled, Nearest(**(good | QUERIES[name])))
    assert len(store.query(filled, Nearest(**good))) == 3


@pytest.mark.parametrize("start", [math.nan, math.inf, HUGE], ids=["nan", "infinity", "huge"])
def test_an_order(store: Store, filled: str, start: float) -> None:
    order = models.OrderBy.model_construct(key="start_frame", direction=None, start_from=start)
    with pytest.raises(StoreError):
        store.scroll(filled, limit=1, order_by=order)


@pytest.mark.parametrize("offset", ["", "zz", "9" * 10_000, "1e3", HALF])
def test_an_id_that_is_none(store: Store, filled: str, offset: str) -> None:
    with pytest.raises(StoreError, match="is no id of a clip or shot"):
        store.scroll(filled, limit=1, offset=offset)
    known = point_id("0123abcd", "shot", 3, 1)
    found = store.retrieve(filled, [offset, known], with_vectors=False)
    assert [point.id for point in found] == [known]


def nested(levels: int) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for _ in range(levels):
        payload = {"x": payload}
    return payload


@pytest.mark.parametrize(
    "payload",
    [
        {"w": math.nan},
        {"w": [1, -math.inf]},
        {"w": HUGE},
        {"w": 2**63},
        {"w": HALF},
        {HALF: 1},
        nested(DEEPEST + 1),
    ],
    ids=["nan", "infinity", "huge", "65 bits", "text", "name", "deep"],
)
def test_a_payload(store: Store, writable: str, payload: dict[str, Any]) -> None:
    identity = point_id("0123abcd", "shot", 3, 1)
    vector = {"context": [0.5] * 8}
    with pytest.raises(StoreError):
        store.upsert(writable, [models.PointStruct(id=identity, vector=vector, payload=payload)])
    with pytest.raises(StoreError):
        store.overwrite_payloads(writable, {identity: payload})
    deep = nested(DEEPEST)
    store.overwrite_payloads(writable, {identity: deep})
    assert store.retrieve(writable, [identity], with_vectors=False)[0].payload == deep


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_vector(store: Store, writable: str, value: float) -> None:
    identity = point_id("0123abcd", "shot", 3, 1)
    words = models.SparseVector(indices=[1], values=[value])
    for name, vector in (("context", [value] * 8), ("words", words)):
        with pytest.raises(StoreError, match=f"vector {name}: "):
            store.upsert(writable, [models.PointStruct(id=identity, vector={name: vector})])


def test_a_panic_of_the_engine_is_an_error_and_the_next_request_is_answered(
    tmp_path: Path,
) -> None:
    with EdgeStore(tmp_path, reserve=0) as store:
        store.ensure_schema("a-shots", BARE)
        words = models.SparseVector(indices=[1, 2], values=[1.0, 1.0])
        store.upsert("a-shots", [shot(0).model_copy(update={"vector": {"words": words}})])
        # A lie that the checks of the store would not let pass.
        bad = edge.Query.Nearest(edge.SparseVector([1, 2], [1.0]), using="words")
        with (
            pytest.raises(StoreError, match="a-shots: the engine failed at this request"),
            store._shards.using("a-shots") as shard,
        ):
            shard.query(edge.QueryRequest(limit=1, query=bad))
        assert store.count("a-shots") == 1


@pytest.mark.parametrize(
    "text", ["snow snow snow", "a\0b", "ß" * 9, "\u202e" + "e\u0301" * 500, "𒀀" * 50, "x" * 100_000]
)
def test_words_of_any_kind_are_a_vector_that_a_query_takes(
    store: Store, filled: str, text: str
) -> None:
    words = Bm25Words().query(text)
    if words is not None:
        store.query(filled, Nearest(query=words, using="words", limit=3))
