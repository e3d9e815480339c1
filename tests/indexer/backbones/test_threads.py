"""Vectors do not depend on how many threads compute them: a cluster has machines of many kinds."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.cores import threads
from indexer.models import Models

Make = Callable[[Models], NDArray[np.float32]]


def frames(count: int, height: int, width: int) -> NDArray[np.uint8]:
    generator = np.random.default_rng(0)
    return generator.integers(0, 255, (count, height, width, 3), np.uint8)


def sound(seconds: int) -> NDArray[np.int16]:
    return np.random.default_rng(0).integers(-9000, 9000, 16_000 * seconds, np.int16)


def pictures(models: Models) -> NDArray[np.float32]:
    found = models.backbones.video.embed_frames(list(frames(2, 252, 336)))
    return np.concatenate([found.features, found.aligned], axis=1)


def noises(models: Models) -> NDArray[np.float32]:
    return models.backbones.audio.embed_spans(sound(40), [(0.0, 3.0), (3.0, 25.0), (25.0, 40.0)])


def lines(models: Models) -> NDArray[np.float32]:
    return models.backbones.text.embed_texts([f"A line {'and more ' * i}" for i in range(12)])


@pytest.mark.parametrize("make", [pictures, noises, lines])
def test_vectors_are_the_same_with_any_number_of_threads(make: Make, models: Models) -> None:
    made = []
    for count in (1, 2, 5):
        with threads(count):
            made.append(make(models))
    assert made[0].any()
    assert all(np.array_equal(each, made[0]) for each in made[1:])


def test_probabilities_of_cuts_differ_by_rounding_at_most(models: Models) -> None:
    window = frames(100, 27, 48)
    with threads(1):
        one = np.stack(models.transnet(window))
    with threads(5):
        np.testing.assert_allclose(np.stack(models.transnet(window)), one, atol=1e-6)
