"""Payloads that were read lately are not read again, but those of a large collection are."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from indexer.store import recent
from indexer.store.base import Nearest, ScoredPoint
from indexer.store.edge import EdgeStore
from indexer.store.recent import Id, Payload, RecentPayloads
from tests.indexer.store.bare import BARE, shot


@pytest.fixture
def reads() -> list[list[int]]:
    return []


def found(payloads: RecentPayloads, reads: list[list[int]], *numbers: int) -> list[ScoredPoint]:
    """Complete points of these numbers, as a query finds them; each read is noted."""
    points: Any = [SimpleNamespace(id=UUID(int=number), score=0.5) for number in numbers]

    def read(ids: list[Id]) -> Mapping[Id, Payload]:
        numbers = [each.int for each in ids if isinstance(each, UUID)]
        reads.append(numbers)
        return {UUID(int=number): {"index": number} for number in reversed(numbers)}

    return payloads.complete("a", ("index",), points, read)


def test_each_is_read_once_until_the_collection_changes(reads: list[list[int]]) -> None:
    payloads = RecentPayloads()
    for numbers in ((1, 2), (2, 1), (2, 3), (1, 2, 3)):
        answer = found(payloads, reads, *numbers)
        assert [hit.payload["index"] for hit in answer] == [*numbers]
        assert [hit.id for hit in answer] == [str(UUID(int=number)) for number in numbers]
    assert reads == [[1, 2], [3]]
    payloads.forget("b")
    payloads.forget("a")
    found(payloads, reads, 1)
    assert reads == [[1, 2], [3], [1]]


def test_a_large_collection_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "LARGE", 3)
    payloads = RecentPayloads()
    assert payloads.keeps("a", lambda: 2)
    assert payloads.keeps("a", lambda: 3)  # It is counted when it changes.
    payloads.forget("a")
    assert not payloads.keeps("a", lambda: 3)


def test_an_engine_with_a_large_collection_answers_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Nearest(query=[1.0] * 4, using="context", limit=9, fields=("title",))
    with EdgeStore(tmp_path) as store:
        store.ensure_schema("a", BARE)
        store.upsert("a", [shot(index) for index in range(6)])
        kept = store.query("a", wanted)
        store.upsert("a", [shot(0)])
        monkeypatch.setattr(recent, "LARGE", 1)
        assert store.query("a", wanted) == kept
