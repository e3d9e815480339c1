"""Which still a span is shown by."""

import numpy as np
import pytest

from indexer.look.still import choose_still

FRAMES = np.arange(0, 60, 12)


@pytest.mark.parametrize(
    ("light", "middle", "frame"),
    [
        ([0.5, 0.5, 0.5, 0.5, 0.5], 27.5, 24),
        ([0.5, 0.5, 0.0, 0.5, 0.5], 27.5, 36),
        ([0.5, 0.4, 0.1, 0.0, 0.0], 30.0, 12),
        ([0.0, 0.0, 0.0, 0.0, 0.4], 24.0, 48),
        ([0.05, 0.04, 0.05, 0.03, 0.05], 36.0, 36),
        ([0.0, 0.0, 0.0, 0.0, 0.0], 18.0, 12),
    ],
)
def test_the_middle_shows_a_span_unless_it_is_dark(
    light: list[float], middle: float, frame: int
) -> None:
    assert choose_still(FRAMES, np.array(light, np.float32), middle) == frame
