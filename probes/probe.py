"""A probe: a linear head on blocks of frozen embeddings, or on their likeness to known titles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probes.likeness import Likeness
from probes.tasks import ScoreKind

Matrix = NDArray[np.float32]
Blocks = Mapping[str, Matrix]
"""Blocks by name, [n, d] float32 each, of the same n items (``probes.representations``)."""


@dataclass(frozen=True, eq=False)
class Read:
    """One block as heads see it: ``width`` columns, or their ``likeness`` to known titles."""

    block: str
    width: int
    likeness: Likeness | None = None


def joined(blocks: Blocks, reads: Sequence[Read]) -> Matrix:
    """Return the blocks that are read beside each other: [n, their widths together] float32."""
    return np.concatenate([blocks[each.block] for each in reads], axis=1)


def features(embeddings: Matrix, reads: Sequence[Read]) -> Matrix:
    """Return what heads weigh of joined blocks [n, d] float32; without ``reads``, all of it."""
    if all(each.likeness is None for each in reads):
        return embeddings
    ends = np.cumsum([each.width for each in reads])[:-1]
    parts = zip(reads, np.split(embeddings, ends, axis=1), strict=True)
    seen = [rows if r.likeness is None else r.likeness.features(rows) for r, rows in parts]
    return np.concatenate(seen, axis=1)


@dataclass(frozen=True)
class Probe:
    """Scores ``classes`` of one task from embeddings of width d.

    ``weight``: [classes, d] float32, or with known titles in the place of a block's columns where
    that is read by likeness. ``bias``: [classes] float32. ``kind`` says whether the weights come
    from prompts or from labels; scores carry it wherever they show.
    """

    task: str
    kind: ScoreKind
    classes: tuple[str, ...]
    weight: Matrix
    bias: Matrix
    exclusive: bool
    """Whether the classes share a softmax, or each has a logistic function of its own."""
    reads: tuple[Read, ...] = ()
    """The blocks, side by side, that the embeddings are; empty for a probe from prompts."""

    @property
    def width(self) -> int:
        """The width of the embeddings that it reads."""
        return sum(each.width for each in self.reads) if self.reads else self.weight.shape[1]

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
        logits = features(embeddings, self.reads) @ self.weight.T + self.bias
        if self.exclusive:
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            scores: Matrix = powers / powers.sum(axis=1, keepdims=True)
        else:
            scores = 1.0 / (1.0 + np.exp(-logits))
        return scores.astype(np.float32)
