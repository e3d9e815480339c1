"""Audio backbone ``wav2vec2-base`` (Baevski et al. 2020): self-supervised on speech."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2Model

from indexer.backbones.base import SAMPLE_RATE, Runtime, Vectors
from indexer.backbones.device import torch_device
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import WAV2VEC2_BASE
from indexer.backbones.quiet import without_progress_bars
from indexer.backbones.spans import pool_spans

SHORTEST = 400
"""Samples that the convolutions need for one hidden state."""


class Wav2Vec2:
    """Mean hidden states of wav2vec 2.0's last layer."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        with without_progress_bars():
            self._model = Wav2Vec2Model.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )
            self._extractor = Wav2Vec2FeatureExtractor.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )
        self._model.train(False).to(device)
        self._device = device
        self.dimension = self._model.config.hidden_size

    def embed_spans(
        self, samples: NDArray[np.int16], spans: Sequence[tuple[float, float]]
    ) -> Vectors:
        """Embed spans of a title's sound: [n, dimension]; see ``AudioBackbone``."""
        return pool_spans(samples, spans, self._encode, self.dimension)

    def _encode(self, window: NDArray[np.float32]) -> Vectors:
        padded = np.pad(window, (0, max(0, SHORTEST - len(window))))
        values = self._extractor(padded, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode():
            hidden = self._model(values.input_values.to(self._device)).last_hidden_state[0]
        return np.asarray(hidden.float().cpu().numpy(), dtype=np.float32)


def load_wav2vec2(runtime: Runtime) -> Wav2Vec2:
    """Return the backbone.

    Raises:
        ReelfindError: its weights are not here and cannot be fetched.
    """
    return Wav2Vec2(
        model_folder(WAV2VEC2_BASE, runtime.models, runtime.revision(WAV2VEC2_BASE.name)),
        torch_device(runtime),
    )
