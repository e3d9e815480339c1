"""The backbones of profile lite, and tiny models in the hub's format."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from indexer.backbones.base import Runtime, TextBackbone
from indexer.backbones.registry import Backbones, load_profile
from indexer.settings import Settings


def _no_text(name: str) -> TextBackbone:
    raise AssertionError(f"{name} was not to be loaded")


@pytest.fixture(scope="session")
def lite() -> Backbones:
    """Profile lite, loaded once."""
    return load_profile(Settings())


@pytest.fixture(scope="session")
def cat(samples: Path) -> NDArray[np.uint8]:
    """A photograph of a tabby cat."""
    return np.asarray(Image.open(samples / "image" / "demo.jpg").convert("RGB"))


@pytest.fixture
def frames() -> Sequence[NDArray[np.uint8]]:
    """Five frames of noise, landscape and portrait."""
    rng = np.random.default_rng(1)
    sizes = [(252, 448), (252, 448), (448, 252), (224, 224), (300, 720)]
    return [rng.integers(0, 256, (*size, 3), dtype=np.uint8) for size in sizes]


@pytest.fixture
def speechlike() -> NDArray[np.int16]:
    """Seventy seconds of noise whose loudness wanders, at 16 kHz."""
    rng = np.random.default_rng(2)
    loudness = np.interp(np.arange(70 * 16_000), np.linspace(0, 70 * 16_000, 80), rng.random(80))
    return (rng.normal(size=len(loudness)) * loudness * 4000).astype(np.int16)


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models, each a tiny network saved in the hub's format."""
    folder = tmp_path_factory.mktemp("models")
    # Imported here: it takes seconds, in every process of the tests.
    from tests.indexer.backbones.tiny import save_models

    save_models(folder)
    return folder


@pytest.fixture
def runtime(tiny_models: Path) -> Runtime:
    """A runtime whose folder of models holds the tiny ones."""
    return Runtime(device=None, models=tiny_models, text=_no_text)
