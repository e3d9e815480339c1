"""Text backbone ``multilingual-e5-small`` (Wang et al. 2024), run by sentence-transformers.

Sentences of about a hundred languages lie in one space. All of them lie in one corner of it:
the cosine of two that have nothing to do with each other is 0.8. So the mean of some unrelated
sentences is taken off (Mu and Viswanath 2018), and it is 0.2.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.base import Runtime, Vectors
from indexer.backbones.device import torch_device
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import MULTILINGUAL_E5_SMALL
from indexer.backbones.mpnet import HubSentences
from indexer.backbones.sentences import UNRELATED, SentenceBackbone
from indexer.pooling import unit

PREFIX = "query: "
"""What the model expects before texts that are compared with each other; "passage: " before one
side finds less (``docs/results/experiments.md``)."""


class CentredSentences(HubSentences):
    """A model whose sentences share a direction, without it."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; see ``SentenceModel``."""
        return unit(self._prefixed(texts) - self._centre)

    @cached_property
    def _centre(self) -> NDArray[np.float32]:
        mean: NDArray[np.float32] = self._prefixed(UNRELATED).mean(axis=0)
        return mean

    def _prefixed(self, texts: Sequence[str]) -> Vectors:
        return super().embed([PREFIX + each for each in texts])


def load_e5(runtime: Runtime) -> SentenceBackbone:
    """Return ``multilingual-e5-small`` (384-d).

    Raises:
        ReelfindError: its weights are not here and cannot be fetched.
    """
    device = torch_device(runtime)
    model = MULTILINGUAL_E5_SMALL
    folder = model_folder(model, runtime.models, runtime.revision(model.name))
    return SentenceBackbone(CentredSentences(folder, device), device)
