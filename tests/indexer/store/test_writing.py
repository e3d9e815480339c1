"""What every store keeps: the same writes to each backend, and what it answers after them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from qdrant_client import models

from indexer.errors import ReelfindError
from indexer.store.base import Nearest, Store
from indexer.store.schema import CollectionSchema, profile_schema
from indexer.store.sparse import Bm25Words
from tests.indexer.store.reference import assert_best, value

Payload = dict[str, Any]


def test_upsert_again_changes_nothing(
    store: Store, writable: str, points: list[models.PointStruct]
) -> None:
    words = Bm25Words().query("dragon moon")
    assert words is not None
    before = store.query(writable, Nearest(query=words, using="words", limit=30))
    store.upsert(writable, points)
    after = store.query(writable, Nearest(query=words, using="words", limit=30))
    assert store.count(writable) == len(points)
    assert [hit.score for hit in after] == pytest.approx([hit.score for hit in before])


def test_upsert_writes_a_point_whole(
    store: Store, writable: str, points: list[models.PointStruct]
) -> None:
    silent = models.PointStruct(
        id=points[0].id, vector={"context": [0.5] * 8}, payload={"season": 9}
    )
    store.upsert(writable, [silent])
    (found,) = store.retrieve(writable, [str(silent.id)], with_vectors=True)
    assert (found.vector, found.payload) == (silent.vector, silent.payload)
    hits = store.query(writable, Nearest(query=[1.0] * 16, using="picture", limit=300))
    assert len(hits) == len(points) - 1


def test_upsert_of_nothing_does_nothing(store: Store, writable: str) -> None:
    store.upsert(writable, [])
    assert store.count(writable) == 200


def test_delete_takes_what_the_filter_matches_from_every_answer(
    store: Store,
    writable: str,
    payloads: dict[str, Payload],
    vectors: Callable[[str], dict[str, Any]],
) -> None:
    store.delete(writable, models.Filter(must=[value("title_id", "t2")]))
    left = {each for each, payload in payloads.items() if payload["title_id"] != "t2"}
    assert store.count(writable) == len(left)
    kept = [(title, 40) for title in ("t0", "t1", "t3", "t4")]
    facets = store.facets(writable, "title_id", limit=10)
    assert [(hit.value, hit.count) for hit in facets] == kept
    query = np.full(16, 0.5)
    scores = {each: float(np.dot(vectors("picture")[each], query)) for each in left}
    found = store.query(writable, Nearest(query=query.tolist(), using="picture", limit=200))
    assert_best(found, scores, 200, tolerance=0)


def test_flags_are_integers_not_booleans(store: Store, filled: str) -> None:
    spoken = models.PointStruct(
        id="00000000-0000-0000-0000-000000000001",
        vector={"context": [0.0] * 8},
        payload={"seen": {"by": [True]}},
    )
    with pytest.raises(TypeError, match=r"seen, by: a payload holds no booleans; store 0 or 1"):
        store.upsert(filled, [spoken])
    with pytest.raises(TypeError, match="store and match 0 or 1"):
        store.count(filled, models.Filter(must=[value("has_dialogue", True)]))


def test_points_have_uuids_and_named_vectors(store: Store, filled: str) -> None:
    with pytest.raises(TypeError, match="point 5: an id must be a UUID string"):
        store.upsert(filled, [models.PointStruct(id=5, vector={"context": [0.0] * 8})])
    unnamed = models.PointStruct(id="00000000-0000-0000-0000-000000000001", vector=[0.0] * 8)
    with pytest.raises(TypeError, match="vectors must be named"):
        store.upsert(filled, [unnamed])


def test_payloads_are_replaced_and_vectors_stay(
    store: Store, schema: CollectionSchema, points: list[models.PointStruct]
) -> None:
    name = f"test-{uuid4().hex}"
    store.ensure_schema(name, schema)
    store.upsert(name, points[:3])
    first, second, third = (str(point.id) for point in points[:3])
    unknown = str(uuid4())
    before = store.retrieve(name, [first, second], with_vectors=True)
    store.overwrite_payloads(
        name, {first: {"genres": ["noir"]}, second: {"season": 9}, unknown: {"season": 9}}
    )
    after = store.retrieve(name, [first, second, third, unknown], with_vectors=True)
    assert [record.payload for record in after[:2]] == [{"genres": ["noir"]}, {"season": 9}]
    assert [record.vector for record in after[:2]] == [record.vector for record in before]
    assert after[2].payload == points[2].payload
    assert len(after) == 3
    season = models.FieldCondition(key="season", match=models.MatchValue(value=9))
    assert store.count(name, models.Filter(must=[season])) == 1
    with pytest.raises(TypeError, match="booleans"):
        store.overwrite_payloads(name, {first: {"genres": True}})


def test_ensure_schema_keeps_what_is_there(
    store: Store, filled: str, schema: CollectionSchema
) -> None:
    store.ensure_schema(filled, schema)
    assert store.count(filled) == 200


def test_ensure_schema_refuses_another_profile(store: Store, filled: str) -> None:
    other = profile_schema(aligned=512, text=12, in_context=8, alike=8, worded=20, scored={})
    with pytest.raises(ReelfindError, match=f"{filled}.* other vectors .*512.*index again"):
        store.ensure_schema(filled, other)
    assert store.count(filled) == 200


def test_collections_come_and_go(store: Store, schema: CollectionSchema) -> None:
    name = f"test-{uuid4().hex}"
    assert not store.exists(name)
    store.ensure_schema(name, schema)
    assert store.exists(name)
    assert name in store.collections()
    assert store.count(name) == 0
    store.flush(name)
    store.drop(name)
    store.drop(name)
    assert not store.exists(name)
    assert name not in store.collections()


def test_current_is_a_whole_pair(store: Store) -> None:
    bare = CollectionSchema({"context": 8})
    first, second = f"test-{uuid4().hex}", f"test-{uuid4().hex}"
    for name in (first, second):
        store.ensure_schema(f"{name}-shots", bare)
    with pytest.raises(ReelfindError, match=f"{first}-clips"):
        store.set_current(first)
    for name in (first, second):
        store.ensure_schema(f"{name}-clips", bare)
        store.set_current(name)
        assert store.current() == name
    store.drop(f"{second}-shots")
    assert store.current() is None
    store.set_current(first)
    assert store.current() == first
