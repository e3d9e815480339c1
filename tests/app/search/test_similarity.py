import numpy as np
import pytest

from app.search.similarity import rocchio


def test_rocchio_is_the_written_formula() -> None:
    near, far = np.array([3.0, 0.0], np.float32), np.array([0.0, 2.0], np.float32)
    expected = np.array([1.0, -0.5]) / np.linalg.norm([1.0, -0.5])
    assert rocchio([near], [far], 0.5) == pytest.approx(expected)
    assert rocchio([], [far], 0.5) == pytest.approx([0.0, -1.0])
    assert rocchio([near], [near], 1.0) == pytest.approx([0.0, 0.0])
