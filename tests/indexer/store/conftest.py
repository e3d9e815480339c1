"""A small catalogue of points, and the stores it is put into.

Every test that asks for ``store`` runs on a stand-in for a server, which is the client's in-memory
mode behind HTTP, on the embedded engine, and on a real server where there is one.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from qdrant_client import models

from indexer.store.base import Store
from indexer.store.client import connect
from indexer.store.edge import EdgeStore
from indexer.store.names import point_id
from indexer.store.schema import CollectionSchema
from indexer.store.sparse import Bm25Words
from tests.indexer.store.server import HERE, real_server
from tests.indexer.store.standin import ask, standing_in

TEXT = [
    *("dragon", "snow", "mountain", "searching", "someone", "robot", "fight", "meadow"),
    *("rabbit", "butterfly", "river", "bridge", "night", "moon", "friend", "shadow"),
]


@pytest.fixture(scope="module")
def schema() -> CollectionSchema:
    """A few narrow vectors, and an index of each type."""
    keyword, integer, number = (
        models.PayloadSchemaType.KEYWORD,
        models.PayloadSchemaType.INTEGER,
        models.PayloadSchemaType.FLOAT,
    )
    indexes = {
        **dict.fromkeys(["title_id", "genres"], keyword),
        **dict.fromkeys(["season", "start_frame", "has_dialogue"], integer),
        "clip_worthiness": number,
    }
    return CollectionSchema({"picture": 16, "dialogue": 12, "context": 8}, ("words",), indexes)


@pytest.fixture(scope="session")
def qdrant() -> Iterator[str]:
    """The address of a real server."""
    with real_server() as url:
        yield url


@pytest.fixture(scope="module", params=["stand-in", "embedded", *(["server"] if HERE else [])])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store, which the tests of a module share: making indexes syncs many files."""
    with ExitStack() as closing:
        if request.param == "stand-in":
            opened: Store = ask(closing.enter_context(standing_in()))
        elif request.param == "embedded":
            opened = EdgeStore(tmp_path_factory.mktemp("store"))
        else:
            opened = connect(request.getfixturevalue("qdrant"), os.environ.get("QDRANT_API_KEY"))
        closing.enter_context(opened)
        before = opened.collections()
        yield opened
        for collection in set(opened.collections()) - set(before):
            opened.drop(collection)


@pytest.fixture(scope="module")
def points() -> list[models.PointStruct]:
    """Two hundred points, always the same."""
    draw = random.Random(7)
    words = Bm25Words()
    return [_point(draw, words, index) for index in range(200)]


@pytest.fixture(scope="module")
def filled(store: Store, schema: CollectionSchema, points: list[models.PointStruct]) -> str:
    """A collection of the store that holds ``points``, to be read only."""
    name = f"test-{uuid4().hex}"
    store.ensure_schema(name, schema)
    store.upsert(name, points)
    return name


@pytest.fixture(scope="module")
def scratch(store: Store, schema: CollectionSchema) -> str:
    """An empty collection for ``writable`` to fill again and again."""
    name = f"test-{uuid4().hex}"
    store.ensure_schema(name, schema)
    return name


@pytest.fixture
def writable(store: Store, scratch: str, points: list[models.PointStruct]) -> str:
    """A collection of the store that holds ``points``, to be changed at will."""
    store.delete(scratch, models.Filter())
    store.upsert(scratch, points)
    return scratch


@pytest.fixture(scope="module")
def payloads(points: list[models.PointStruct]) -> dict[str, dict[str, Any]]:
    """What each point carries, by id."""
    return {str(point.id): point.payload or {} for point in points}


@pytest.fixture(scope="module")
def vectors(points: list[models.PointStruct]) -> Callable[[str], dict[str, Any]]:
    """A function from a vector's name to that vector of each point that has it, by id."""

    def named(using: str) -> dict[str, Any]:
        return {
            str(point.id): point.vector[using]
            for point in points
            if isinstance(point.vector, dict) and using in point.vector
        }

    return named


def _point(draw: random.Random, words: Bm25Words, index: int) -> models.PointStruct:
    text = " ".join(draw.choices(TEXT, k=draw.randrange(0, 9)))
    sparse = words.document(text)
    vector: dict[str, Any] = {"picture": _eighths(draw, 16), "context": _eighths(draw, 8)}
    if sparse is not None:
        vector |= {"words": sparse, "dialogue": _eighths(draw, 12)}
    payload = {
        "title_id": f"t{index % 5}",
        "genres": draw.sample(["drama", "comedy", "horror", "anime"], k=draw.randrange(0, 3)),
        "clip_worthiness": draw.randrange(101) / 100,
        "start_frame": draw.randrange(10_000),
        "has_dialogue": int(sparse is not None),
        "text": text,
    }
    if index % 3:
        payload["season"] = draw.randrange(1, 4)
    return models.PointStruct(
        id=point_id("0123abcd", "shot", index, 1), vector=vector, payload=payload
    )


def _eighths(draw: random.Random, size: int) -> list[float]:
    # Exact in float16, and so are sums of their products in float32: scores can be compared
    # with ``==``.
    return [draw.randrange(-8, 9) / 8 for _ in range(size)]
