from collections.abc import Callable

import numpy as np
import pytest

from encoder.batches import TitleSequence, mean_direction
from encoder.config import EncoderConfig, TrainingConfig
from encoder.evaluation import copy_nearest, evaluate, interpolate
from encoder.model import new_encoder

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


def test_the_report_counts_what_was_hidden_and_does_not_depend_on_order(
    make_title: MakeTitle, config: EncoderConfig
) -> None:
    titles = [make_title(str(i), length, seed=i) for i, length in enumerate([10, 1, 600, 25])]
    encoder, mean = new_encoder(config, seed=0), mean_direction(titles)
    report = evaluate(encoder, titles, mean, TrainingConfig())
    assert report.hidden_shots == 2 + 0 + 102 + 5
    assert report == evaluate(encoder, titles[::-1], mean, TrainingConfig())
    assert report.gain == pytest.approx(1 - report.loss / report.mean_loss)
    assert report.interpolated_loss < report.nearest_loss < report.mean_loss
    few = evaluate(encoder, titles, mean, TrainingConfig(), windows=1)
    assert few.hidden_shots < report.hidden_shots
