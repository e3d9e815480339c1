from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.decoding import decode, open_frames
from indexer.pipeline_sections import DecodeSettings
from indexer.records import Media
from indexer.shots.transnet import TransNet, load_transnet


@pytest.fixture(scope="session")
def transnet() -> TransNet:
    return load_transnet()


@pytest.fixture
def small_frames(tmp_path: Path) -> Callable[[Path, Fraction], NDArray[np.uint8]]:
    """Decode a film of 16:9 into its small frames."""

    def decode_film(path: Path, fps: Fraction) -> NDArray[np.uint8]:
        media = Media(path, "", path.stat().st_size, fps, False, 0.0, None, 640, 360, "")
        decode(media, tmp_path / "decoded", DecodeSettings(stills_per_second=0.1))
        return open_frames(tmp_path / "decoded")

    return decode_film
