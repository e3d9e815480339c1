"""Texts that every index embeds, embedded once: the names of classes and the shipped prompts.

They are the same for everyone as long as the weights are, so their embeddings lie in this
folder, in half precision, with the digest of the weights that made them. A text that is not
among them is embedded as any other is. After a change of the prompts,
``python -m indexer.backbones.known.make`` makes the file anew; a test asks for that.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from indexer.backbones.base import Vectors
from indexer.pooling import unit

FOLDER = Path(__file__).parent

KnownTexts = Mapping[str, Vectors]
"""Embeddings [d] float32, unit norm, by text."""


def load_known_texts(model: str, weights: str, folder: Path = FOLDER) -> KnownTexts:
    """Return the stored embeddings of ``model`` whose weights have the digest ``weights``.

    Empty if there are none, or if other weights made them.
    """
    file = folder / f"{model}.safetensors"
    if not file.is_file():
        return {}
    with safe_open(file, framework="numpy") as stored:
        about = stored.metadata()
        if about["weights"] != weights:
            return {}
        vectors = unit(stored.get_tensor("vectors").astype(np.float32))
    return dict(zip(json.loads(about["texts"]), vectors, strict=True))


def save_known_texts(
    model: str, weights: str, texts: Sequence[str], vectors: Vectors, folder: Path = FOLDER
) -> Path:
    """Write the embeddings [n, d] of n texts, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{model}.safetensors"
    about = {"weights": weights, "texts": json.dumps(list(texts))}
    save_file({"vectors": vectors.astype(np.float16)}, file, about)
    return file
