"""Text backbone ``all-minilm-l6-v2``: BERT (Devlin et al. 2019), and the mean over its tokens.

The layers are torch's own. sentence-transformers gives the same vectors; importing it takes
longer than everything else that the first search waits for.
"""

from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from pathlib import Path
from typing import Self

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from indexer.backbones.base import Runtime, Vectors
from indexer.backbones.device import torch_device
from indexer.backbones.known import load_known_texts
from indexer.backbones.sentences import BATCH, SentenceBackbone
from indexer.packaged_models import ALL_MINILM_L6_V2
from indexer.pooling import unit

WEIGHTS = "model/model.safetensors"


WIDTH, HEADS, INNER, DEPTH = 384, 12, 1536, 6
TOKENS, POSITIONS = 30522, 512
LONGEST = 256
"""Tokens of a text that count, as sentence-transformers has it for this model."""
EPSILON = 1e-12

_LAYER = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}
"""Names within a layer: torch's, and those of the weights."""
_EMBEDDINGS = {
    "words.weight": "word_embeddings.weight",
    "positions.weight": "position_embeddings.weight",
    "kinds.weight": "token_type_embeddings.weight",
    "norm.weight": "LayerNorm.weight",
    "norm.bias": "LayerNorm.bias",
}


class Bert(nn.Module):
    """Token ids [n, t] to the mean hidden state of each text, [n, 384]."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(TOKENS, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, INNER, 0.0, "gelu", EPSILON, batch_first=True
        )
        self.layers = nn.TransformerEncoder(layer, DEPTH, enable_nested_tensor=False)

    def forward(self, ids: Tensor, padding: Tensor) -> Tensor:
        """Return the means over the tokens; ``padding``: [n, t] bool, True where no token is."""
        placed = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.kinds.weight[0]
        hidden: Tensor = self.layers(self.norm(placed), src_key_padding_mask=padding)
        filled = (~padding).unsqueeze(-1).to(hidden.dtype)
        return (hidden * filled).sum(dim=1) / filled.sum(dim=1)


class MiniLM:
    """The network with its tokenizer.

    Args:
        tokenizer: its file.
        weights: in the layout of transformers' BERT.
        device: where to compute.
    """

    dimension = WIDTH

    def __init__(self, tokenizer: Path, weights: Path, device: torch.device) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._device = device
        self._network = Bert().eval()
        self._network.load_state_dict(_named(load_file(weights)))
        self._network.to(device)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; see ``SentenceModel``. Texts of similar length share a batch."""
        tokens = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
        vectors = torch.empty(len(tokens), WIDTH)
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                rows = order[start : start + BATCH]
                vectors[rows] = self._means([tokens[row] for row in rows]).float().cpu()
        return unit(vectors.numpy())

    def _means(self, tokens: Sequence[Sequence[int]]) -> Tensor:
        longest = max(map(len, tokens))
        padded = torch.tensor([[*ids, *[-1] * (longest - len(ids))] for ids in tokens])
        padding = (padded < 0).to(self._device)
        means: Tensor = self._network(padded.clamp(min=0).to(self._device), padding)
        return means

    def in_bfloat16(self) -> Self:
        """Return a copy in bfloat16; see ``SentenceModel``."""
        shorter = copy(self)
        shorter._network = deepcopy(self._network).bfloat16()
        return shorter


def _named(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return BERT's weights under the names of ``Bert``."""
    named = {own: weights[f"embeddings.{name}"] for own, name in _EMBEDDINGS.items()}
    for layer in range(DEPTH):
        theirs, ours = f"encoder.layer.{layer}.", f"layers.layers.{layer}."
        for kind in ("weight", "bias"):
            projections = [
                weights[f"{theirs}attention.self.{name}.{kind}"]
                for name in ("query", "key", "value")
            ]
            named[f"{ours}self_attn.in_proj_{kind}"] = torch.cat(projections)
            for own, name in _LAYER.items():
                named[f"{ours}{own}.{kind}"] = weights[f"{theirs}{name}.{kind}"]
    return named


def minilm(device: torch.device) -> MiniLM:
    """Return the network with the weights of the installed package.

    Raises:
        ReelfindError: the package is missing or its files are not the reviewed ones.
    """
    tokenizer = ALL_MINILM_L6_V2.file("model/tokenizer.json")
    weights = ALL_MINILM_L6_V2.file(WEIGHTS)
    return MiniLM(tokenizer, weights, device)


def load_minilm(runtime: Runtime) -> SentenceBackbone:
    """Return ``all-minilm-l6-v2`` (384-d) with the weights of the installed package.

    Raises:
        ReelfindError: the package is missing or its files are not the reviewed ones.
    """
    known = load_known_texts(ALL_MINILM_L6_V2.package, ALL_MINILM_L6_V2.files[WEIGHTS])
    device = torch_device(runtime)
    return SentenceBackbone(minilm(device), device, known)
