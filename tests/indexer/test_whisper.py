"""The network decodes where somebody speaks; over music it would repeat itself at length."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer import whisper
from indexer.backbones.base import SAMPLE_RATE

FFmpeg = Callable[..., Path]


class Counting(whisper.Whisper):
    """Counts the tokens that it finds."""

    tokens = 0

    def generate_with_fallback(self, *arguments: Any) -> tuple[Any, float, float, float]:
        """Return what the network returns."""
        found = super().generate_with_fallback(*arguments)
        self.tokens += len(found[0].sequences_ids[0])
        return found


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Counting:
    monkeypatch.setattr(whisper, "Whisper", Counting)
    loaded = whisper.load_network()
    assert isinstance(loaded, Counting)
    return loaded


@pytest.mark.parametrize(
    ("film", "start", "said"),
    [("big_buck_bunny_360p.mp4", 6.4, ""), ("sintel_trailer_720p.mp4", 10.0, "gatekeepers")],
)
def test_only_speech_is_decoded(
    media: Path, ffmpeg: FFmpeg, network: Counting, film: str, start: float, said: str
) -> None:
    cut = ["-ss", str(start), "-t", "16", "-i", media / film]
    path = ffmpeg(*cut, "-vn", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "audio.s16")
    sound = np.fromfile(path, "<i2").astype(np.float32) / 32768
    segments, _ = network.transcribe(sound, no_speech_threshold=whisper.NO_SPEECH, temperature=0)
    text = " ".join(segment.text for segment in segments)
    assert said in text
    assert bool(text) is bool(said)
    assert bool(said) is (network.tokens > 1)
