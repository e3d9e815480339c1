"""The data that ``bench.heads`` fits on, and what each way hands back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probes.probe import Matrix

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Embeddings [n, d], labels [n, classes] and titles [n]; the same of further titles."""

    embeddings: Matrix
    labels: Values
    titles: NDArray[np.intp]
    test_embeddings: Matrix
    test_labels: Values
    test_titles: NDArray[np.intp]
    sampled: int

    @property
    def scale(self) -> float:
        """How many times the sampled classes all classes are."""
        return len(self.labels.T) / self.sampled

    @property
    def values(self) -> tuple[Values, Values]:
        """What a ranking orders by, in the first ``RANKED_TITLES``, and in the test titles."""
        own, other = (self.embeddings[:, 0], self.test_embeddings[:, 0])
        noise = np.random.default_rng(1).normal(scale=own.std(), size=len(own) + len(other))
        return own + noise[: len(own)], other + noise[len(own) :]


@dataclass(frozen=True)
class Outcome:
    """What was fitted: how good it is, and how many times the work all classes are."""

    quality: Callable[[], str]
    scale: float = 1.0


Way = Callable[[Sample], Outcome]
