"""Video backbones of CLIP (Radford et al. 2021): pictures and words in one space."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import CLIPModel, CLIPTextConfig, CLIPTokenizer, CLIPVisionConfig

from indexer.backbones.base import FrameEmbeddings, Runtime, Vectors
from indexer.backbones.device import torch_device
from indexer.backbones.frames import centre_crop
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import HubModel
from indexer.backbones.quiet import without_progress_bars
from indexer.backbones.recent import FEW, RecentQueries
from indexer.pooling import unit

PIXEL_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)
PIXEL_DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)
"""Of CLIP's training images, for pixels in 0…1."""

BATCH = 16


class Clip:
    """A CLIP model of the hub's format, without its image processor."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        with without_progress_bars():
            self._model = CLIPModel.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )
            self._tokenizer = CLIPTokenizer.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )
        self._model.train(False).to(device)
        self._device = device
        self._size = cast(int, cast(CLIPVisionConfig, self._model.config.vision_config).image_size)
        self._longest = cast(CLIPTextConfig, self._model.config.text_config).max_position_embeddings
        self.dimension = cast(int, self._model.config.projection_dim)
        self.aligned_dimension = self.dimension
        self._queries = RecentQueries(self._embed_texts)

    def embed_frames(self, frames: Sequence[NDArray[np.uint8]]) -> FrameEmbeddings:
        """Embed RGB frames; see ``VideoBackbone``. ``aligned`` is ``features`` at unit norm."""
        rows = [
            self._images(frames[start : start + BATCH]) for start in range(0, len(frames), BATCH)
        ]
        features = np.concatenate(rows) if rows else np.zeros((0, self.dimension), np.float32)
        return FrameEmbeddings(features, unit(features))

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed words into the same space: [n, dimension], unit rows."""
        return self._queries(texts) if len(texts) <= FEW else self._embed_texts(texts)

    def _embed_texts(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        tokens = self._tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=self._longest,
            return_tensors="pt",
        ).to(self._device)
        with torch.inference_mode():
            vectors = self._model.get_text_features(**tokens).pooler_output
        return unit(vectors.float().cpu().numpy())

    def _images(self, frames: Sequence[NDArray[np.uint8]]) -> Vectors:
        crops = np.stack([centre_crop(frame, self._size) for frame in frames])
        pixels = (crops.astype(np.float32) / 255 - PIXEL_MEAN) / PIXEL_DEVIATION
        batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).to(self._device)
        with torch.inference_mode():
            vectors = self._model.get_image_features(pixel_values=batch).pooler_output
        return np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)


def load_clip(model: HubModel, runtime: Runtime) -> Clip:
    """Return a CLIP backbone.

    Raises:
        ReelfindError: its weights are not here and cannot be fetched.
    """
    return Clip(
        model_folder(model, runtime.models, runtime.revision(model.name)), torch_device(runtime)
    )
