"""The encoder beside CTranslate2's own, in float32, on real sound."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from numpy.typing import NDArray

from indexer.backbones.base import SAMPLE_RATE
from indexer.whisper import Whisper, load_network, weights_folder
from indexer.whisper_weights import VERSION, read_weights

FFmpeg = Callable[..., Path]
SECOND = 50
"""Hidden states in a second."""


@pytest.fixture(scope="module")
def network() -> Whisper:
    return load_network()


@pytest.fixture(scope="module")
def reference() -> WhisperModel:
    return WhisperModel(str(weights_folder()), "cpu", compute_type="float32", cpu_threads=1)


def cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosines of the means over each second."""
    means = [each.reshape(-1, SECOND, each.shape[-1]).mean(axis=1) for each in (one, other)]
    units = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in means]
    found: NDArray[np.float32] = (units[0] * units[1]).sum(axis=1)
    return found


@pytest.mark.parametrize(
    "film",
    ["sintel_trailer_720p.mp4", "big_buck_bunny_360p.mp4", "tears_of_steel_battle_clip.webm"],
)
def test_hidden_states_are_those_of_float32(
    media: Path, ffmpeg: FFmpeg, network: Whisper, reference: WhisperModel, film: str
) -> None:
    sound = ["-t", "31", "-i", media / film, "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le"]
    samples = np.fromfile(ffmpeg(*sound, "sound.s16"), "<i2")[: 30 * SAMPLE_RATE]
    mel = network.feature_extractor(samples / np.float32(32768), padding=0)
    ours, theirs = (np.asarray(each.encode(mel))[0] for each in (network, reference))
    assert ours.shape == theirs.shape
    assert cosines(ours, theirs).min() > 0.999


def test_weights_are_read_by_name() -> None:
    weights = read_weights(weights_folder() / "model.bin", "encoder/conv1/")
    assert {name: each.shape for name, each in weights.items()} == {
        "weight": (384, 80, 3),
        "bias": (384,),
    }


def test_a_file_that_ends_early_is_refused(tmp_path: Path) -> None:
    whole = (weights_folder() / "model.bin").read_bytes()
    file = tmp_path / "model.bin"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="ends before its last weight"):
        read_weights(file, "none/")


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes((VERSION + 1).to_bytes(4, "little"))
    with pytest.raises(ValueError, match="version 7"):
        read_weights(file, "")
