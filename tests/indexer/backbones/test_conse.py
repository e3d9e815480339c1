"""ConSE against a slow reading of its definition."""

import numpy as np

from indexer.backbones.conse import TEMPERATURE, TOP, place
from indexer.pooling import unit


def test_the_likeliest_names_are_averaged_by_probability() -> None:
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(5, 3, 40)).astype(np.float32) * 4
    names = unit(rng.normal(size=(40, 6)).astype(np.float32))
    expected = np.zeros((5, 6))
    for picture in range(5):
        for window in range(3):
            scores = np.exp(logits[picture, window].astype(float) / TEMPERATURE)
            best = np.argsort(-scores)[:TOP]
            for name in best:
                expected[picture] += names[name] * scores[name] / scores[best].sum()
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(place(logits, names), expected, atol=1e-5)


def test_a_picture_of_one_class_alone_lies_at_its_name() -> None:
    names = unit(np.random.default_rng(5).normal(size=(40, 6)).astype(np.float32))
    logits = np.full((1, 2, 40), -1000, np.float32)
    logits[:, :, 7] = 1000
    np.testing.assert_allclose(place(logits, names)[0], names[7], atol=1e-6)
