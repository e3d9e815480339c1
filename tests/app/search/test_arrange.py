from itertools import permutations

import numpy as np
import pytest

from app.search.arrange import diversify


def test_without_weight_diversity_keeps_the_order() -> None:
    draw = np.random.default_rng(3)
    vectors = list(draw.normal(size=(6, 4)).astype(np.float32))
    assert diversify([6, 5, 4, 3, 2, 1], vectors, 0.0) == list(range(6))


def test_each_place_has_the_greatest_marginal_relevance() -> None:
    draw = np.random.default_rng(5)
    vectors = draw.normal(size=(6, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = np.linspace(1.0, 0.0, 6)
    order = diversify(scores.tolist(), list(vectors.astype(np.float32)), 0.6)
    for place, chosen in enumerate(order):
        gains = {
            each: 0.4 * scores[each]
            - 0.6 * max([0.0, *(vectors[each] @ vectors[before] for before in order[:place])])
            for each in order[place:]
        }
        assert gains[chosen] == pytest.approx(max(gains.values()))
    assert tuple(order) in set(permutations(range(6)))


def test_a_copy_comes_after_something_else() -> None:
    one, other = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    assert diversify([1.0, 0.9, 0.0], [one, one, other], 0.5) == [0, 2, 1]
