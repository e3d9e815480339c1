"""What the tests of the store share: conditions in short, and what the best hits are."""

from typing import Any

import numpy as np
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


def as_kept(vectors: Any) -> dict[str, Any]:
    """Return a point's vectors with the weights of sparse ones as float32, as every store has them.

    A server tells them as the shortest decimals that mean the same float32.
    """
    return {
        name: (each.indices, np.asarray(each.values, np.float32).tolist())
        if isinstance(each, models.SparseVector)
        else each
        for name, each in vectors.items()
    }


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
