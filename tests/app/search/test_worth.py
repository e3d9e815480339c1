"""Percentiles of clip-worthiness: they and their bounds mean the same."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qdrant_client import models

from app.search import worth
from app.search.worth import Percentiles, Worth
from indexer.store.base import Store

SCORES = st.lists(st.integers(0, 8).map(lambda eighth: eighth / 8), min_size=1, max_size=30)


@given(scores=SCORES, share=st.integers(0, 20).map(lambda twentieth: twentieth / 20))
def test_a_bound_leaves_what_has_the_percentile(scores: list[float], share: float) -> None:
    percentiles = Percentiles(np.sort(np.array(scores)))
    own = {score: sum(other <= score for other in scores) / len(scores) for score in scores}
    for score in scores:
        assert percentiles.of(score) == own[score]
        assert (score >= percentiles.least(share)) == (own[score] >= share)
        assert (score <= percentiles.most(share)) == (own[score] <= share)


def test_nothing_indexed_has_percentiles_all_the_same() -> None:
    empty = Percentiles(np.array([]))
    assert empty.of(0.5) == 1.0
    assert empty.least(0.5) > 1 > 0 > empty.most(0.5)


def test_a_catalogue_that_grows_is_read_again_and_a_still_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores, read = [0.5], []

    def scroll(collection: str, **_asked: Any) -> tuple[list[models.Record], None]:
        read.append(collection)
        return [
            models.Record(id=i, payload={"clip_worthiness": s}) for i, s in enumerate(scores)
        ], None

    now = [100.0]
    monkeypatch.setattr(worth, "time", SimpleNamespace(monotonic=lambda: now[0]))
    store = cast(Store, SimpleNamespace(count=lambda _: len(scores), scroll=scroll))
    known = Worth()

    def of_half() -> float:
        return known.percentiles(store, "a-clips").of(0.5)

    assert (of_half(), of_half()) == (1.0, 1.0)
    now[0] += worth.RENEWED
    assert of_half() == 1.0
    assert read == ["a-clips"]
    scores.append(0.75)
    now[0] += 1
    assert of_half() == 0.5
    known.percentiles(store, "a-shots")
    known.forget()
    assert of_half() == 0.5
    assert read == ["a-clips", "a-clips", "a-shots", "a-clips"]
