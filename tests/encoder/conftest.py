from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder.batches import TitleSequence
from encoder.config import EncoderConfig

MakeTitle = Callable[..., TitleSequence]


@pytest.fixture
def config() -> EncoderConfig:
    """A very small encoder of fused embeddings 24 wide."""
    return EncoderConfig(fused_dim=24, metadata_dim=6, width=16, depth=2, heads=2)


@pytest.fixture
def make_title() -> MakeTitle:
    """Make a title whose shots wander slowly: a narrative that neighbours tell something of."""

    def make(title_id: str, shots: int, seed: int = 0) -> TitleSequence:
        rng = np.random.default_rng(seed)
        waves = rng.standard_normal((3, 24))
        phase = np.arange(shots)[:, None] / 8 + rng.uniform(0, 6)
        rows = np.sin(phase * [1.0, 1.7, 2.3]) @ waves + 0.3 * waves.sum(axis=0)
        return TitleSequence(title_id, _unit(rows), _unit(rng.standard_normal((1, 6)))[0])

    return make


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("f4")
    return unit
