from collections.abc import Callable

import numpy as np

from encoder.baselines import copy_nearest, interpolate
from encoder.batches import TitleSequence

MakeTitle = Callable[..., TitleSequence]


def test_baselines_agree_with_a_search_shot_by_shot(make_title: MakeTitle) -> None:
    fused = make_title("a", 30).fused
    hidden = np.random.default_rng(0).random(30) < 0.5
    hidden[[0, 1, 29]] = True
    visible = [i for i in range(30) if not hidden[i]]
    for row, at in enumerate(np.flatnonzero(hidden)):
        _, nearest = min((abs(i - at), i) for i in visible)
        np.testing.assert_array_equal(copy_nearest(fused, hidden)[row], fused[nearest])
        left = max((i for i in visible if i < at), default=min(visible))
        right = min((i for i in visible if i > at), default=max(visible))
        expected = [np.interp(at, [left, right], fused[[left, right], d]) for d in range(24)]
        np.testing.assert_allclose(interpolate(fused, hidden)[row], expected, atol=1e-6)


def test_a_straight_line_is_interpolated_exactly() -> None:
    line = np.arange(20, dtype=np.float32)[:, None] * np.ones((1, 3), np.float32)
    hidden = np.zeros(20, np.bool_)
    hidden[[4, 5, 6, 12]] = True
    np.testing.assert_allclose(interpolate(line, hidden), line[hidden], rtol=1e-6)
