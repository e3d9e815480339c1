"""ConSE: a classifier's picture among words (Norouzi et al. 2013).

The embedded names of the likeliest classes, averaged by their probabilities, place a picture in
the space of a sentence embedding, where any words can find it. It knows only things that are
close to one of the classes.
"""

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.base import Vectors
from indexer.pooling import unit

TEMPERATURE = 3.0
TOP = 10
"""Classes that count; both measured on the queries in ``docs/results/experiments.md``."""


def place(logits: NDArray[np.float32], classes: Vectors) -> Vectors:
    """Return the pictures' embeddings in the space of words: [n, t] float32, unit rows.

    Args:
        logits: [n, windows, classes], of several windows of each picture, which count alike.
        classes: [classes, t], the embedded names.
    """
    likeliest = np.argpartition(-logits, TOP, axis=-1)[..., :TOP]
    scores = np.take_along_axis(logits, likeliest, axis=-1) / TEMPERATURE
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    mixture = np.zeros((len(logits), len(classes)), dtype=np.float32)
    pictures = np.arange(len(logits))[:, None]
    np.add.at(
        mixture, (pictures, likeliest.reshape(len(logits), -1)), weights.reshape(len(logits), -1)
    )
    return unit(mixture @ classes)
