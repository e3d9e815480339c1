"""What the tests of the store share: conditions in short, and what the best hits are."""

import pytest
from qdrant_client import models

from indexer.store.base import ScoredPoint


def value(key: str, wanted: int | str) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchValue(value=wanted))


def any_of(key: str, *wanted: str) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchAny(any=list(wanted)))


def other_than(key: str, *unwanted: str) -> models.FieldCondition:
    return models.FieldCondition(
        key=key, match=models.MatchExcept.model_validate({"except": list(unwanted)})
    )


def between(key: str, **bounds: float) -> models.FieldCondition:
    return models.FieldCondition(key=key, range=models.Range(**bounds))


def assert_best(
    found: list[ScoredPoint], scores: dict[str, float], limit: int, tolerance: float
) -> None:
    """Each hit has its true score, and together they are the best (ties in any order)."""
    assert [hit.score for hit in found] == pytest.approx(
        sorted(scores.values(), reverse=True)[:limit], abs=tolerance
    )
    assert [scores[hit.id] for hit in found] == pytest.approx(
        [hit.score for hit in found], abs=tolerance
    )
    assert len({hit.id for hit in found}) == len(found)
