"""Fused embeddings against their definition, written out shot by shot."""

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.errors import ReelfindError
from indexer.fused import ShotMeans, fuse, worded_parts
from indexer.pooling import unit

Vectors = NDArray[np.float32]


@pytest.fixture
def modalities() -> dict[str, Vectors]:
    """Video, audio and text of six shots; shot 1 lacks text, 2 has only video, 3 has nothing."""
    rng = np.random.default_rng(3)
    video, audio, text = (rng.normal(size=(6, d)).astype(np.float32) for d in (5, 3, 4))
    text[1:4] = 0
    audio[2:4] = 0
    video[3] = 0
    return {"video": video, "audio": audio, "text": text}


def test_modalities_count_alike_and_missing_ones_are_zeros(
    modalities: dict[str, Vectors],
) -> None:
    found = fuse(modalities)
    for shot in range(6):
        parts = []
        for vectors in modalities.values():
            length = np.linalg.norm(vectors[shot])
            parts.append(vectors[shot] / length if length else vectors[shot])
        together = np.concatenate(parts)
        length = np.linalg.norm(together)
        np.testing.assert_allclose(found[shot], together / (length or 1), atol=1e-6)
    assert found.dtype == np.float32
    assert not found[3].any()


def test_the_size_of_a_modality_s_vectors_does_not_count(
    modalities: dict[str, Vectors],
) -> None:
    sizes = {"video": 1000, "audio": 1, "text": 0.02}
    resized = fuse({name: modalities[name] * np.float32(size) for name, size in sizes.items()})
    np.testing.assert_allclose(resized, fuse(modalities), atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_broken_embedding_is_refused_by_shot(
    modalities: dict[str, Vectors], value: float
) -> None:
    modalities["audio"][4, 2] = value
    with pytest.raises(ReelfindError, match="shot 4: its audio embedding"):
        fuse(modalities)


def test_a_shot_is_the_mean_of_its_unit_frames() -> None:
    rng = np.random.default_rng(5)
    frames = rng.normal(size=(7, 4)).astype(np.float32)
    owner = np.array([0, 0, 2, 0, 2, 3, 3])
    means = ShotMeans(5, 4)
    for batch in (slice(0, 3), slice(3, 7)):
        means.add(frames[batch], owner[batch])
    found = means.means()
    for shot in range(5):
        own = [frame / np.linalg.norm(frame) for frame in frames[owner == shot]]
        expected = np.mean(own, axis=0) if own else np.zeros(4)
        np.testing.assert_allclose(found[shot], expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(unit(found), axis=1), [1, 0, 1, 1, 0], atol=1e-6)


def test_words_fill_the_text_and_the_video_only_in_a_space_of_its_own() -> None:
    assert worded_parts(video=1280, audio=384, text=384, aligned=384) == (slice(1664, 2048),)
    assert worded_parts(video=512, audio=384, text=384, aligned=512) == (
        slice(0, 512),
        slice(896, 1280),
    )
