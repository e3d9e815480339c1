"""The audio backbone of profile lite."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.backbones import builtin
from indexer.backbones.base import Runtime
from indexer.backbones.registry import Backbones
from indexer.errors import ReelfindError
from indexer.whisper import weights_folder
from tests.indexer.backbones.conftest import _no_text


def test_a_span_is_the_mean_over_its_20_ms_of_a_padded_window(
    lite: Backbones, speechlike: NDArray[np.int16]
) -> None:
    """The network sees 30 seconds; what a title lacks to that is silence."""
    sound = speechlike[: 10 * 16_000]
    found = lite.audio.embed_spans(sound, [(1.0, 3.0), (3.0, 10.0)])
    padded = np.concatenate([sound, np.zeros(20 * 16_000, np.int16)])
    np.testing.assert_array_equal(found, lite.audio.embed_spans(padded, [(1.0, 3.0), (3.0, 10.0)]))
    thirds = lite.audio.embed_spans(sound, [(1.0, 1.5), (1.5, 2.0), (2.0, 3.0)])
    np.testing.assert_allclose(found[0], thirds.T @ [0.25, 0.25, 0.5], atol=1e-4)


def test_a_long_span_is_the_mean_of_its_windows(
    lite: Backbones, speechlike: NDArray[np.int16]
) -> None:
    spans = [(0.0, 30.0), (30.0, 60.0), (60.0, 70.0), (0.0, 70.0)]
    parts = lite.audio.embed_spans(speechlike, spans)
    np.testing.assert_allclose(parts[3], parts[:3].T @ [3 / 7, 3 / 7, 1 / 7], atol=1e-4)


def test_the_same_sound_gives_the_same_bytes(
    lite: Backbones, speechlike: NDArray[np.int16]
) -> None:
    spans = [(0.0, 4.0), (4.0, 31.0)]
    first = lite.audio.embed_spans(speechlike, spans)
    assert first.dtype == np.float32
    assert first.tobytes() == lite.audio.embed_spans(speechlike, spans).tobytes()


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.5])
def test_silence_of_any_length_is_a_missing_modality(lite: Backbones, seconds: float) -> None:
    silence = np.zeros(int(seconds * 16_000), np.int16)
    assert not lite.audio.embed_spans(silence, [(0.0, 0.5)]).any()


def test_a_tone_is_nearer_to_a_tone_than_to_noise(lite: Backbones) -> None:
    time = np.arange(3 * 16_000) / 16_000
    low, high = (4000 * np.sin(2 * np.pi * pitch * time) for pitch in (330, 440))
    noise = np.random.default_rng(0).normal(size=len(time)) * 3000
    sounds = [
        lite.audio.embed_spans(sound.astype(np.int16), [(0.0, 3.0)])[0]
        for sound in (low, high, noise)
    ]
    first, second, other = (sound / np.linalg.norm(sound) for sound in sounds)
    assert first @ second > first @ other


def test_whisper_base_is_loaded_from_the_hub_s_files(tmp_path: Path) -> None:
    """Those of tiny.en in its place: the network takes its shape from the weights."""
    shutil.copytree(weights_folder(), tmp_path / "whisper-base")
    runtime = Runtime(None, tmp_path, _no_text)
    loaded = builtin.WHISPER_BASE.load(runtime)
    assert loaded.dimension == 384
    (tmp_path / "whisper-base" / "tokenizer.json").unlink()
    with pytest.raises(ReelfindError, match=r"tokenizer\.json is missing"):
        builtin.WHISPER_BASE.load(runtime)
