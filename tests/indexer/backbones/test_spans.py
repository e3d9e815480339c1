"""Pooling of hidden states over spans, against a slow reading of its definition."""

from concurrent.futures import ThreadPoolExecutor
from math import floor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.backbones.base import Vectors
from indexer.backbones.spans import STEP, WINDOW, pool_spans


class Levels:
    """A network whose hidden states are each step's mean sample and its square."""

    def __init__(self) -> None:
        self.windows = 0

    def __call__(self, window: NDArray[np.float32]) -> Vectors:
        self.windows += 1
        steps = np.pad(window, (0, -len(window) % STEP)).reshape(-1, STEP).mean(axis=1)
        return np.stack([steps, steps**2], axis=1).astype(np.float32)


def slowly(samples: NDArray[np.int16], start: float, end: float) -> NDArray[np.float64]:
    steps = [
        samples[at : at + STEP].sum() / STEP / 32768
        for at in range(floor(start * 50) * STEP, min(floor(end * 50) * STEP, len(samples)), STEP)
    ]
    return np.array([np.mean(steps), np.mean(np.square(steps))])


@pytest.mark.parametrize(
    "span", [(0.0, 0.5), (3.02, 7.75), (29.0, 31.0), (12.0, 69.0), (60.0, 90.0), (69.98, 70.0)]
)
def test_a_span_is_the_mean_of_its_steps(
    speechlike: NDArray[np.int16], span: tuple[float, float]
) -> None:
    samples = speechlike[: 70 * 16_000 - 7]
    found = pool_spans(samples, [span], Levels(), 2)
    np.testing.assert_allclose(found[0], slowly(samples, *span), rtol=1e-3, atol=1e-7)


def test_silence_and_what_lies_beyond_the_sound_are_zeros(
    speechlike: NDArray[np.int16],
) -> None:
    samples = speechlike.copy()
    samples[10 * 16_000 : 20 * 16_000] = 0
    spans = [(5.0, 10.0), (10.0, 20.0), (15.0, 21.0), (70.0, 75.0), (100.0, 101.0)]
    found = pool_spans(samples, spans, Levels(), 2)
    assert found.any(axis=1).tolist() == [True, False, True, False, False]


def test_a_span_shorter_than_a_step_still_has_one(speechlike: NDArray[np.int16]) -> None:
    found = pool_spans(speechlike, [(1.0, 1.001), (69.99, 70.0)], Levels(), 2)
    np.testing.assert_allclose(found[0], slowly(speechlike, 1.0, 1.02), rtol=1e-3)
    np.testing.assert_allclose(found[1], slowly(speechlike, 69.98, 70.0), rtol=1e-3)


def test_each_window_is_encoded_once_and_only_where_something_sounds(
    speechlike: NDArray[np.int16], tmp_path: Path
) -> None:
    speechlike[WINDOW : 2 * WINDOW] = 0
    speechlike.tofile(tmp_path / "sound")
    network = Levels()
    spans = [(float(start), start + 2.0) for start in range(0, 70, 2)]
    mapped = np.memmap(tmp_path / "sound", dtype=np.int16, mode="r")
    found = pool_spans(mapped, spans, network, 2)
    assert network.windows == 2
    np.testing.assert_array_equal(found, pool_spans(speechlike, spans, Levels(), 2))


def test_windows_may_be_encoded_at_the_same_time(speechlike: NDArray[np.int16]) -> None:
    spans = [(0.0, 29.0), (29.0, 31.5), (31.5, 70.0)]
    with ThreadPoolExecutor(3) as pool:
        found = pool_spans(speechlike, spans, Levels(), 2, pool.map)
    np.testing.assert_array_equal(found, pool_spans(speechlike, spans, Levels(), 2))


def test_no_sound_and_no_spans() -> None:
    assert not pool_spans(np.zeros(0, np.int16), [(0.0, 1.0)], Levels(), 2).any()
    assert pool_spans(np.ones(500, np.int16), [], Levels(), 2).shape == (0, 2)
