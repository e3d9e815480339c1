"""The vector by which clips and shots are alike."""

import numpy as np
import pytest

from indexer.alike import alike, alike_size, weighed
from indexer.records import Clip

TEXT, WIDTH = 3, 4
SPANS = [Clip(0, 0, 2, 0, 2), Clip(1, 2, 5, 2, 5)]


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def titles(rng: np.random.Generator, weights: np.ndarray) -> list[np.ndarray]:
    """Return titles whose pictures and sound vary on the axes of the input alone."""
    found = []
    for _ in range(2):
        rest = rng.standard_normal((5, WIDTH)) @ weights[:, :-TEXT]
        found.append(np.hstack([rest, rng.standard_normal((5, TEXT))]).astype(np.float32))
    return found


@pytest.mark.parametrize("story", [0.0, 0.3, 1.0])
def test_a_search_weighs_what_a_moment_and_its_title_are(story: float) -> None:
    rng = np.random.default_rng(1)
    weights = rng.standard_normal((WIDTH, 9 + TEXT)).astype(np.float32)
    # With as many axes as titles vary on, nothing of the titles' means is lost either.
    weights[:, -TEXT:] = 0
    first, second = titles(rng, weights)
    first[:, -TEXT:] -= first[:, -TEXT:].mean(axis=0)
    second[:, -TEXT:] -= second[:, -TEXT:].mean(axis=0)
    one, other = (alike(each, SPANS, weights, TEXT) for each in (first, second))
    assert one.shape == (2, alike_size(9 + TEXT, TEXT, WIDTH))
    assert np.linalg.norm(one, axis=1) == pytest.approx(1.0)
    moments = cosine(first[2:].mean(axis=0), second[:2].mean(axis=0))
    stories = cosine(first.mean(axis=0), second.mean(axis=0))
    score = float(weighed(one[1], TEXT, story) @ other[0])
    assert score == pytest.approx((1 - story) * moments + story * stories, abs=1e-5)


def test_a_span_without_anything_is_like_others_by_its_title_alone() -> None:
    rng = np.random.default_rng(2)
    weights = rng.standard_normal((WIDTH, 9 + TEXT)).astype(np.float32)
    fused = rng.standard_normal((5, 9 + TEXT)).astype(np.float32)
    fused[:2] = 0
    silent, other = alike(fused, SPANS, weights, TEXT)
    assert float(weighed(silent, TEXT, 0.0) @ other) == 0
    assert float(weighed(silent, TEXT, 1.0) @ other) == pytest.approx(1.0)


def test_an_encoder_wider_than_pictures_and_sound_gives_what_the_schema_has() -> None:
    rng = np.random.default_rng(3)
    fused = rng.standard_normal((5, 5 + TEXT)).astype(np.float32)
    weights = rng.standard_normal((16, 5 + TEXT)).astype(np.float32)
    assert alike(fused, SPANS, weights, TEXT).shape[1] == alike_size(5 + TEXT, TEXT, 16)
