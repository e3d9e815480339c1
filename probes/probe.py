"""A probe: a linear head on frozen embeddings, or on their likeness to known titles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probes.likeness import Likeness
from probes.tasks import ScoreKind

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Probe:
    """Scores ``classes`` of one task from embeddings of width d.

    ``weight``: [classes, d] float32, or [classes, known titles] with a ``likeness``. ``bias``:
    [classes] float32. ``kind`` says whether the weights come from prompts or from labels; scores
    carry it wherever they show.
    """

    task: str
    kind: ScoreKind
    classes: tuple[str, ...]
    weight: Matrix
    bias: Matrix
    exclusive: bool
    """Whether the classes share a softmax, or each has a logistic function of its own."""
    likeness: Likeness | None = None

    @property
    def width(self) -> int:
        """The width of the embeddings that it reads."""
        return int((self.weight if self.likeness is None else self.likeness.known).shape[1])

    def scores(self, embeddings: Matrix) -> Matrix:
        """Return [n, classes] float32 in 0..1 for embeddings [n, d] float32.

        Raises:
            ValueError: the width is not the probe's, as after a change of the encoder.
        """
        if embeddings.ndim != 2 or embeddings.shape[1] != self.width:
            raise ValueError(
                f"probe {self.task}: embeddings of shape {embeddings.shape} do not fit "
                f"weights of width {self.width}"
            )
        seen = embeddings if self.likeness is None else self.likeness.features(embeddings)
        logits = seen @ self.weight.T + self.bias
        if self.exclusive:
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            scores: Matrix = powers / powers.sum(axis=1, keepdims=True)
        else:
            scores = 1.0 / (1.0 + np.exp(-logits))
        return scores.astype(np.float32)
