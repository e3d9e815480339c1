"""Text backbone ``all-mpnet-base-v2``, run by sentence-transformers."""

from collections.abc import Sequence
from copy import copy, deepcopy
from pathlib import Path
from typing import Self

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from indexer.backbones.base import Runtime, Vectors
from indexer.backbones.device import torch_device
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import ALL_MPNET_BASE_V2
from indexer.backbones.quiet import without_progress_bars
from indexer.backbones.sentences import BATCH, SentenceBackbone
from indexer.pooling import unit


class HubSentences:
    """A model in the layout of sentence-transformers.

    Args:
        folder: of the model.
        device: where to compute.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        with without_progress_bars():
            self._model = SentenceTransformer(
                str(folder), device=str(device), local_files_only=True, trust_remote_code=False
            ).eval()
        self.dimension = self._model.get_embedding_dimension() or 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; see ``SentenceModel``."""
        vectors: Vectors = self._model.encode(
            list(texts), batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True
        )
        return unit(vectors.astype(np.float32))

    def in_bfloat16(self) -> Self:
        """Return a copy in bfloat16; see ``SentenceModel``."""
        shorter = copy(self)
        shorter._model = deepcopy(self._model).bfloat16()
        return shorter


def load_mpnet(runtime: Runtime) -> SentenceBackbone:
    """Return ``all-mpnet-base-v2`` (768-d).

    Raises:
        ReelfindError: its weights are not here and cannot be fetched.
    """
    device = torch_device(runtime)
    model = ALL_MPNET_BASE_V2
    folder = model_folder(model, runtime.models, runtime.revision(model.name))
    return SentenceBackbone(HubSentences(folder, device), device)
