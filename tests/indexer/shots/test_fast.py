from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.shots.fast import find_candidates, frame_change, mixtures, neighbours_change, spans

FPS = Fraction(24)


def picture(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (27, 48, 3)).astype(np.uint8)


def held(seed: int, length: int) -> NDArray[np.uint8]:
    return np.repeat(picture(seed)[None], length, axis=0)


def test_change_is_the_mean_absolute_difference() -> None:
    frames = np.random.default_rng(1).integers(0, 256, (2500, 3, 4, 3)).astype(np.uint8)
    change = frame_change(frames)
    for frame in (1, 1024, 1025, 2499):
        slow = np.abs(frames[frame].astype(int) - frames[frame - 1].astype(int)).mean()
        assert change[frame] == pytest.approx(slow)
    assert change[0] == 0


def test_neighbours_leave_out_repetitions() -> None:
    """Animation on twos changes every other frame: no change stands out there."""
    twos = np.array([0, 20, 0, 20, 0, 20, 0, 20, 0], np.float32)
    assert neighbours_change(twos)[3] == 20


def test_neighbours_leave_out_a_single_peak() -> None:
    peak = np.array([2, 2, 2, 90, 2, 80, 2, 2, 2], np.float32)
    assert neighbours_change(peak)[3] == 2


def test_a_hard_cut_is_obvious() -> None:
    found = find_candidates(np.concatenate([held(1, 20), held(2, 20)]), FPS)
    assert found.cuts.nonzero()[0].tolist() == [20]
    assert not found.uncertain.any()


def test_a_flash_is_not_obvious_but_uncertain() -> None:
    frames = held(1, 40)
    frames[20:22] = 255
    found = find_candidates(frames, FPS)
    assert not found.cuts.any()
    assert found.uncertain[[20, 22]].all()


def test_a_dissolve_is_a_mixture_and_movement_is_not() -> None:
    share = np.clip(np.arange(-30, 50) / 20, 0, 1)[:, None, None, None]
    dissolve = (picture(1) * (1 - share) + picture(2) * share).astype(np.uint8)
    moving = np.stack([np.roll(picture(3), step, axis=1) for step in range(80)])
    middle = slice(36, 45)
    assert mixtures(dissolve, 6)[middle].all()
    assert not mixtures(moving, 6).any()
    assert not mixtures(dissolve, 6)[:24].any()


def test_nothing_happens_in_a_still_film() -> None:
    for length in (1, 2, 5, 100):
        found = find_candidates(held(1, length), FPS)
        assert len(found.cuts) == length
        assert not found.cuts.any()
        assert not found.uncertain.any()


def test_spans_are_the_runs_of_true() -> None:
    assert spans(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert spans(np.zeros(3, np.bool_)) == []
