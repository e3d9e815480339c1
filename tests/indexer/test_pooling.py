import numpy as np

from indexer.pooling import pool_clips, unit
from indexer.records import Clip

CLIPS = [Clip(0, 0, 1, 0, 10), Clip(1, 1, 4, 10, 40)]


def test_a_clip_is_the_mean_of_its_shots() -> None:
    shots = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    clips = pool_clips(shots, CLIPS)
    np.testing.assert_allclose(clips[0], shots[0])
    np.testing.assert_allclose(clips[1], (shots[1] + shots[2] + shots[3]) / 3, rtol=1e-5)


def test_a_shot_without_the_modality_does_not_count() -> None:
    shots = np.array([[0, 0], [1, 2], [0, 0], [3, 4]], dtype=np.float32)
    np.testing.assert_allclose(pool_clips(shots, CLIPS), np.array([[0.0, 0.0], [2.0, 3.0]]))


def test_unit_rows_keep_their_direction_and_zeros_stay() -> None:
    rows = np.array([[3, 4], [0, 0]], dtype=np.float32)
    np.testing.assert_allclose(unit(rows), np.array([[0.6, 0.8], [0.0, 0.0]]), rtol=1e-6)
