"""The models of the model hub that backbones run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HubModel:
    """A model in the hub's format.

    ``name`` is that of its folder in the user's folder of models; ``files`` are those needed
    besides the weights; ``size`` is what a download takes, for people. ``licence`` is that of the
    weights. ``weights`` are the names that their file may have, the better one first; one that ends
    in ``.index.json`` lists the files.
    """

    name: str
    repository: str
    size: str
    licence: str
    files: tuple[str, ...]
    weights: tuple[str, ...] = ("model.safetensors", "pytorch_model.bin")


_CLIP = ("config.json", "tokenizer.json", "tokenizer_config.json")
CLIP_VIT_B_32 = HubModel("clip-ViT-B-32", "openai/clip-vit-base-patch32", "610 MB", "MIT", _CLIP)
CLIP_VIT_L_14 = HubModel("clip-ViT-L-14", "openai/clip-vit-large-patch14", "1.7 GB", "MIT", _CLIP)
WAV2VEC2_BASE = HubModel(
    "wav2vec2-base",
    "facebook/wav2vec2-base",
    "380 MB",
    "Apache-2.0",
    ("config.json", "preprocessor_config.json"),
)
_SENTENCES = (
    "modules.json",
    "config.json",
    "sentence_bert_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "1_Pooling/config.json",
)
ALL_MPNET_BASE_V2 = HubModel(
    "all-mpnet-base-v2",
    "sentence-transformers/all-mpnet-base-v2",
    "440 MB",
    "Apache-2.0",
    _SENTENCES,
)
MULTILINGUAL_E5_SMALL = HubModel(
    "multilingual-e5-small", "intfloat/multilingual-e5-small", "490 MB", "MIT", _SENTENCES
)
QWEN_OMNI_7B = HubModel(
    "qwen2.5-omni-7b",
    "Qwen/Qwen2.5-Omni-7B",
    "22 GB",
    "Apache-2.0",
    ("config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"),
    ("model.safetensors.index.json",),
)
"""The smaller Qwen2.5-Omni-3B is for research only."""
WHISPER_BASE = HubModel(
    "whisper-base",
    "Systran/faster-whisper-base",
    "150 MB",
    "MIT",
    ("config.json", "tokenizer.json", "vocabulary.txt"),
    ("model.bin",),
)
