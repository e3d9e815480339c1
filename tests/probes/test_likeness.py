import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity  # type: ignore[import-untyped]

from probes.likeness import SHARPNESS, likeness_to


def titles(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(2.0, 1.0, size=(count, 5)).astype(np.float32)


def test_features_are_a_gaussian_kernel_of_directions_from_the_mean() -> None:
    known, rows = titles(7), titles(4, 1)
    found = likeness_to(known).features(rows)
    centre = known.mean(axis=0)
    expected = np.exp(SHARPNESS * (cosine_similarity(rows - centre, known - centre) - 1))
    assert found == pytest.approx(expected, rel=1e-4)
    assert found.dtype == np.float32


def test_a_title_is_most_like_itself() -> None:
    known = titles(9)
    found = likeness_to(known).features(known)
    assert np.diag(found) == pytest.approx(np.ones(9), abs=1e-5)
    assert (found.argmax(axis=1) == np.arange(9)).all()


def test_of_many_titles_some_are_known_and_all_are_centred_on() -> None:
    known = titles(50)
    found = likeness_to(known, most=20)
    assert found.known.shape == (20, 5)
    assert found.centre == pytest.approx(known.mean(axis=0), abs=1e-6)
    assert np.array_equal(found.known, likeness_to(known, most=20).known)


def test_a_title_at_the_mean_is_like_none_in_particular() -> None:
    likeness = likeness_to(titles(6))
    found = likeness.features(likeness.centre[None])
    assert found == pytest.approx(np.full((1, 6), np.exp(-SHARPNESS)), rel=1e-5)
