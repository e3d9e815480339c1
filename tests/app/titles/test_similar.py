"""Titles that are like one, compared with the plain means of their shots."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.runtime import NotFoundError, Runtime
from app.titles.records import ASPECTS, Aspect
from app.titles.similar import similar_titles
from indexer.models import Models
from indexer.settings import Settings
from indexer.store.names import CONTEXT, titles_of
from indexer.store.schema import CollectionSchema
from indexer.title_vectors import PARTS, VECTORS, Part
from tests.app.api.conftest import client_of


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed_once, Settings(), models)
    yield runtime
    runtime.close()


def mean_of(runtime: Runtime, title_id: str, part: Part) -> NDArray[np.float32]:
    shots: NDArray[np.float32] = runtime.title(title_id).vectors(VECTORS[part])
    total = shots.sum(axis=0)
    mean: NDArray[np.float32] = total / np.float32(np.linalg.norm(total) or 1.0)
    return mean


@pytest.mark.parametrize("by", [(), *((each,) for each in ASPECTS), ("look", "sound")])
def test_they_are_in_the_order_of_a_plain_comparison(
    runtime: Runtime, by: tuple[Aspect, ...]
) -> None:
    ids = [title.title_id for title in runtime.titles()]
    compared: tuple[Part, ...] = by or PARTS
    shown = 0
    for one in ids:
        found = similar_titles(runtime, one, by)
        expected = {}
        for other in set(ids) - {one}:
            cosines = {
                part: float(mean_of(runtime, one, part) @ mean_of(runtime, other, part))
                for part in compared
            }
            if any(cosines.values()):
                expected[other] = cosines
        own = sum(bool(mean_of(runtime, one, part).any()) for part in compared)
        assert {each.title.title_id for each in found.titles} == expected.keys()
        for each in found.titles:
            cosines = expected[each.title.title_id]
            assert each.score == pytest.approx(sum(cosines.values()) / own, abs=5e-3)
            assert each.parts == pytest.approx(
                {part: value for part, value in cosines.items() if value}, abs=5e-3
            )
        scores = [each.score for each in found.titles]
        assert scores == sorted(scores, reverse=True)
        shown += len(scores)
    assert shown


def test_over_http(runtime: Runtime) -> None:
    client, title = client_of(runtime), runtime.titles()[0]
    address = f"/api/v1/titles/{title.title_id}/similar"
    answer = client.get(address, params={"by": ["look", "sound"], "limit": 2}).json()
    assert answer == similar_titles(runtime, title.title_id, ["look", "sound"], 2).model_dump()
    assert len(answer["titles"]) == 2
    assert client.get(address, params={"by": "taste"}).status_code == 422
    assert client.get("/api/v1/titles/0123abcd/similar").status_code == 404


def test_an_index_of_an_earlier_version_says_what_to_do(indexed: Path, models: Models) -> None:
    runtime = Runtime(indexed, Settings(), models)
    title = runtime.titles()[0].title_id
    collection = titles_of(runtime.index.pair() or "")
    runtime.store.drop(collection)
    runtime.store.ensure_schema(collection, CollectionSchema({CONTEXT: 4}))
    with pytest.raises(NotFoundError, match="cannot be compared; run `reelfind index`"):
        similar_titles(runtime, title)
    runtime.close()
