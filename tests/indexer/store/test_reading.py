"""What every store finds: the same questions to each backend, against an obvious reference."""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qdrant_client import models

from indexer.store.base import Nearest, Store
from indexer.store.schema import CollectionSchema
from indexer.store.sparse import Bm25Words
from tests.indexer.store.reference import any_of, as_kept, assert_best, between, other_than, value

Payload = dict[str, Any]


FILTERS: dict[str, tuple[models.Filter | None, Callable[[Payload], bool]]] = {
    "nothing": (None, lambda p: True),
    "an empty filter": (models.Filter(must=[], should=[]), lambda p: True),
    "a keyword": (models.Filter(must=[value("title_id", "t3")]), lambda p: p["title_id"] == "t3"),
    "one condition, no list": (
        models.Filter(must=value("has_dialogue", 0)),
        lambda p: p["has_dialogue"] == 0,
    ),
    "a value in a list": (
        models.Filter(must=[value("genres", "drama")]),
        lambda p: "drama" in p["genres"],
    ),
    "any of": (
        models.Filter(must=[any_of("genres", "drama", "anime")]),
        lambda p: bool({"drama", "anime"} & set(p["genres"])),
    ),
    "any of none": (models.Filter(must=[any_of("genres")]), lambda p: False),
    "a value other than": (
        models.Filter(must=[other_than("title_id", "t0", "t1")]),
        lambda p: p["title_id"] not in {"t0", "t1"},
    ),
    "a range": (
        models.Filter(must=[between("clip_worthiness", gte=0.25, lt=0.75)]),
        lambda p: 0.25 <= p["clip_worthiness"] < 0.75,
    ),
    "a range of integers, open": (
        models.Filter(must=[between("start_frame", gt=2000, lte=8000)]),
        lambda p: 2000 < p["start_frame"] <= 8000,
    ),
    "a field that some lack": (
        models.Filter(must=[value("season", 2)]),
        lambda p: p.get("season") == 2,
    ),
    "none of": (
        models.Filter(must_not=[any_of("genres", "horror"), value("season", 1)]),
        lambda p: "horror" not in p["genres"] and p.get("season") != 1,
    ),
    "one of two": (
        models.Filter(should=[value("season", 3), value("title_id", "t1")]),
        lambda p: p.get("season") == 3 or p["title_id"] == "t1",
    ),
    "filters in filters": (
        models.Filter(
            must=[
                models.Filter(should=[value("title_id", "t1"), value("title_id", "t2")]),
                models.Filter(must_not=[models.Filter(must=[value("has_dialogue", 1)])]),
            ],
            must_not=[between("clip_worthiness", lt=0.3)],
        ),
        lambda p: (
            p["title_id"] in {"t1", "t2"} and not p["has_dialogue"] and p["clip_worthiness"] >= 0.3
        ),
    ),
}


@pytest.fixture(params=FILTERS)
def filtered(
    request: pytest.FixtureRequest, payloads: dict[str, Payload]
) -> tuple[models.Filter | None, set[str]]:
    """A filter and the ids of the points that it leaves."""
    condition, keeps = FILTERS[request.param]
    return condition, {each for each, payload in payloads.items() if keeps(payload)}


@pytest.mark.parametrize("using", ["picture", "dialogue"])
def test_dense_query_finds_the_greatest_dot_products(
    store: Store,
    filled: str,
    using: str,
    filtered: tuple[models.Filter | None, set[str]],
    vectors: Callable[[str], dict[str, Any]],
) -> None:
    condition, left = filtered
    stored = vectors(using)
    query = np.random.default_rng(3).integers(-8, 9, len(next(iter(stored.values())))) / 8
    scores = {each: float(np.dot(stored[each], query)) for each in left & stored.keys()}
    found = store.query(
        filled, Nearest(query=query.tolist(), using=using, filter=condition, limit=20)
    )
    assert_best(found, scores, 20, tolerance=0)


def test_dense_query_gives_ids_and_payloads(
    store: Store, filled: str, payloads: dict[str, Payload]
) -> None:
    found = store.query(filled, Nearest(query=[1.0] * 16, using="picture", limit=5))
    assert [hit.payload for hit in found] == [payloads[str(hit.id)] for hit in found]
    assert all(isinstance(hit.id, str) for hit in found)


def test_query_reads_the_fields_that_are_named(
    store: Store, filled: str, payloads: dict[str, Payload]
) -> None:
    fields = ("title_id", "season")
    found = store.query(filled, Nearest(query=[0.5] * 16, using="picture", limit=20, fields=fields))
    for hit in found:
        whole = payloads[str(hit.id)]
        assert hit.payload == {each: whole[each] for each in fields if each in whole}
    bare = store.query(filled, Nearest(query=[0.5] * 16, using="picture", limit=20, fields=()))
    assert [hit.payload for hit in bare] == [{}] * 20


def test_a_batch_answers_as_its_queries_do(store: Store, filled: str) -> None:
    words = Bm25Words().query("dragon moon")
    assert words is not None
    wanted = [
        Nearest(query=[0.5, -1.0] * 8, using="picture", limit=7, fields=("title_id",)),
        Nearest(query=words, using="words", limit=30, filter=FILTERS["none of"][0]),
        Nearest(query=[1.0] * 12, using="dialogue", limit=5, offset=3, score_threshold=0.5),
    ]
    assert store.query_batch(filled, wanted) == [store.query(filled, each) for each in wanted]
    assert store.query_batch(filled, []) == []


def test_query_by_pages_and_with_a_threshold(store: Store, filled: str) -> None:
    query = [0.5, -1.0] * 8
    best = store.query(filled, Nearest(query=query, using="picture", limit=200))
    pages = [
        store.query(filled, Nearest(query=query, using="picture", limit=40, offset=offset))
        for offset in range(0, 200, 40)
    ]
    assert [hit.score for page in pages for hit in page] == [hit.score for hit in best]
    above = store.query(
        filled, Nearest(query=query, using="picture", limit=200, score_threshold=best[30].score)
    )
    assert [hit.score for hit in above] == [hit.score for hit in best if hit.score > best[30].score]


@pytest.mark.parametrize("text", ["dragon", "the robots were fighting", "searching snow bridges"])
def test_words_are_scored_by_bm25(
    store: Store,
    filled: str,
    text: str,
    filtered: tuple[models.Filter | None, set[str]],
    vectors: Callable[[str], dict[str, Any]],
) -> None:
    condition, left = filtered
    query = Bm25Words().query(text)
    assert query is not None
    scores = bm25(query, vectors("words"))
    found = store.query(filled, Nearest(query=query, using="words", filter=condition, limit=15))
    assert_best(found, {each: scores[each] for each in left & scores.keys()}, 15, tolerance=1e-4)


def bm25(query: models.SparseVector, stored: dict[str, models.SparseVector]) -> dict[str, float]:
    """Scores of the documents that share a word with the query (Robertson and Zaragoza 2009)."""
    documents = {
        each: dict(zip(vector.indices, vector.values, strict=True))
        for each, vector in stored.items()
    }
    scores: dict[str, float] = {}
    for word in query.indices:
        having = [each for each, document in documents.items() if word in document]
        rarity = math.log(1 + (len(documents) - len(having) + 0.5) / (len(having) + 0.5))
        for each in having:
            scores[each] = scores.get(each, 0.0) + rarity * documents[each][word]
    return scores


def test_filter_by_ids(store: Store, filled: str, payloads: dict[str, Payload]) -> None:
    chosen = sorted(payloads)[10:15]
    condition = models.Filter(must=[models.HasIdCondition(has_id=[*chosen])])
    found = store.query(
        filled, Nearest(query=[1.0] * 8, using="context", filter=condition, limit=20)
    )
    assert sorted(str(hit.id) for hit in found) == chosen


def test_count(store: Store, filled: str, filtered: tuple[models.Filter | None, set[str]]) -> None:
    condition, left = filtered
    assert store.count(filled, condition) == len(left)


def test_scroll_reads_every_point_once(
    store: Store,
    filled: str,
    filtered: tuple[models.Filter | None, set[str]],
    payloads: dict[str, Payload],
) -> None:
    condition, left = filtered
    read: list[models.Record] = []
    offset: str | None = None
    for _ in range(100):
        page, offset = store.scroll(filled, filter=condition, limit=17, offset=offset)
        read += page
        if offset is None:
            break
    assert [point.id for point in read] == sorted(left)
    assert all(point.payload == payloads[str(point.id)] for point in read)
    assert all(point.vector is None for point in read)


@pytest.mark.parametrize("key", ["start_frame", "clip_worthiness", "season"])
@pytest.mark.parametrize("direction", models.Direction)
def test_scroll_in_order_leaves_out_what_lacks_the_key(
    store: Store,
    filled: str,
    key: str,
    direction: models.Direction,
    payloads: dict[str, Payload],
) -> None:
    order = models.OrderBy(key=key, direction=direction)
    page, following = store.scroll(filled, limit=50, order_by=order)
    values = sorted(
        (payload[key] for payload in payloads.values() if key in payload),
        reverse=direction is models.Direction.DESC,
    )
    assert [(point.payload or {})[key] for point in page] == values[:50]
    assert following is None


def test_scroll_gives_only_the_fields_that_are_asked_for(
    store: Store, filled: str, payloads: dict[str, Payload]
) -> None:
    asked = ("start_frame", "title_id")
    for order in (None, models.OrderBy(key="start_frame")):
        page, _ = store.scroll(filled, limit=20, order_by=order, fields=asked)
        for point in page:
            whole = payloads[str(point.id)]
            assert point.payload == {key: whole[key] for key in asked if key in whole}
        bare, _ = store.scroll(filled, limit=20, order_by=order, fields=())
        assert [point.payload for point in bare] == [{}] * 20
        assert [point.id for point in bare] == [point.id for point in page]


def test_scroll_with_vectors_gives_them_as_they_were_written(
    store: Store, filled: str, points: list[models.PointStruct]
) -> None:
    page, following = store.scroll(filled, limit=len(points), with_vectors=True)
    written = {str(point.id): as_kept(point.vector) for point in points}
    assert {str(point.id): as_kept(point.vector) for point in page} == written
    assert following is None


def test_schema_is_what_the_collection_was_made_with(
    store: Store, filled: str, schema: CollectionSchema
) -> None:
    found = store.schema(filled)
    assert (dict(found.dense), found.sparse) == (dict(sorted(schema.dense.items())), schema.sparse)
    assert found.indexes == schema.indexes


def test_scroll_in_order_has_no_offset(store: Store, filled: str) -> None:
    with pytest.raises(ValueError, match="no offset"):
        store.scroll(filled, limit=5, offset="any", order_by=models.OrderBy(key="start_frame"))


@pytest.mark.parametrize("key", ["genres", "title_id", "season", "has_dialogue"])
@pytest.mark.parametrize("limit", [2, 10])
def test_facets_count_every_value(
    store: Store,
    filled: str,
    key: str,
    limit: int,
    filtered: tuple[models.Filter | None, set[str]],
    payloads: dict[str, Payload],
) -> None:
    condition, left = filtered
    counts: Counter[str | int] = Counter()
    for each in left:
        found = payloads[each].get(key, [])
        counts.update(set(found) if isinstance(found, list) else [found])
    hits = store.facets(filled, key, filter=condition, limit=limit)
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    assert [(hit.value, hit.count) for hit in hits] == expected[:limit]


def test_retrieve_keeps_the_order_and_skips_the_unknown(
    store: Store, filled: str, points: list[models.PointStruct]
) -> None:
    chosen = [points[7], points[0], points[99]]
    unknown = "00000000-0000-0000-0000-000000000000"
    ids = [str(chosen[0].id), unknown, str(chosen[1].id), str(chosen[2].id)]
    found = store.retrieve(filled, ids, with_vectors=True)
    assert [point.id for point in found] == [point.id for point in chosen]
    assert [point.payload for point in found] == [point.payload for point in chosen]
    for point, original in zip(found, chosen, strict=True):
        assert as_kept(point.vector) == as_kept(original.vector)
    assert store.retrieve(filled, ids[:1], with_vectors=False)[0].vector is None


@pytest.mark.parametrize(
    "condition",
    [
        models.FieldCondition(key="text", match=models.MatchText(text="dragon")),
        models.FieldCondition(key="genres", values_count=models.ValuesCount(gte=1)),
        models.FieldCondition(key="season", match=models.MatchValue(value=1), is_empty=False),
        models.FieldCondition(key="season", range=models.DatetimeRange()),
        models.IsEmptyCondition(is_empty=models.PayloadField(key="season")),
        models.Filter(min_should=models.MinShould(conditions=[value("season", 1)], min_count=1)),
    ],
    ids=lambda condition: type(condition).__name__,
)
def test_a_filter_beyond_every_backend_is_refused(
    store: Store, filled: str, condition: Any
) -> None:
    with pytest.raises(TypeError, match="not supported"):
        store.count(filled, models.Filter(must=[condition]))
    with pytest.raises(TypeError, match="not supported"):
        store.delete(filled, models.Filter(must=[condition]))
