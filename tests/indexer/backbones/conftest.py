"""The backbones of profile lite, and tiny models in the hub's format."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    BertConfig,
    BertModel,
    CLIPConfig,
    CLIPModel,
    CLIPTokenizer,
    PreTrainedTokenizerFast,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2Model,
)

from indexer.backbones.base import Runtime, TextBackbone
from indexer.backbones.registry import Backbones, load_profile
from indexer.settings import Settings

WORDS = ("a", "dragon", "over", "the", "snow")


def _no_text(name: str) -> TextBackbone:
    raise AssertionError(f"{name} was not to be loaded")


@pytest.fixture(scope="session")
def lite() -> Backbones:
    """Profile lite, loaded once."""
    return load_profile(Settings())


@pytest.fixture(scope="session")
def cat(samples: Path) -> NDArray[np.uint8]:
    """A photograph of a tabby cat."""
    return np.asarray(Image.open(samples / "image" / "demo.jpg").convert("RGB"))


@pytest.fixture
def frames() -> Sequence[NDArray[np.uint8]]:
    """Five frames of noise, landscape and portrait."""
    rng = np.random.default_rng(1)
    sizes = [(252, 448), (252, 448), (448, 252), (224, 224), (300, 720)]
    return [rng.integers(0, 256, (*size, 3), dtype=np.uint8) for size in sizes]


@pytest.fixture
def speechlike() -> NDArray[np.int16]:
    """Seventy seconds of noise whose loudness wanders, at 16 kHz."""
    rng = np.random.default_rng(2)
    loudness = np.interp(np.arange(70 * 16_000), np.linspace(0, 70 * 16_000, 80), rng.random(80))
    return (rng.normal(size=len(loudness)) * loudness * 4000).astype(np.int16)


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models, each a tiny network saved in the hub's format."""
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    _save_clip(folder / "clip-ViT-L-14")
    _save_wav2vec2(folder / "wav2vec2-base")
    _save_sentences(folder / "all-mpnet-base-v2")
    return folder


@pytest.fixture
def runtime(tiny_models: Path) -> Runtime:
    """A runtime whose folder of models holds the tiny ones."""
    return Runtime(device=None, models=tiny_models, text=_no_text)


def _save_clip(folder: Path) -> None:
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    vocabulary = {letter: index for index, letter in enumerate("abcdefghijklmnopqrstuvwxyz")} | {
        f"{letter}</w>": 26 + index for index, letter in enumerate("abcdefghijklmnopqrstuvwxyz")
    }
    vocabulary |= {"<|startoftext|>": 52, "<|endoftext|>": 53}
    tokens = {"bos_token_id": 52, "eos_token_id": 53, "pad_token_id": 53, "vocab_size": 54}
    config = CLIPConfig(
        text_config={
            **small,
            **tokens,
            "num_attention_heads": 2,
            "max_position_embeddings": 12,
        },
        vision_config={**small, "num_attention_heads": 2, "image_size": 32, "patch_size": 8},
        projection_dim=20,
    )
    CLIPModel(config).save_pretrained(folder)
    CLIPTokenizer(vocab=vocabulary, merges=[]).save_pretrained(folder)


def _save_wav2vec2(folder: Path) -> None:
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    Wav2Vec2Model(config).save_pretrained(folder)
    extractor = Wav2Vec2FeatureExtractor(do_normalize=True)  # type: ignore[no-untyped-call]
    extractor.save_pretrained(folder)


def _save_sentences(folder: Path) -> None:
    words = folder.parent / "words"
    vocabulary = {word: index for index, word in enumerate(("[PAD]", "[UNK]", *WORDS))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=16
    )
    wrapped.save_pretrained(words)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=16,
    )
    BertModel(config).save_pretrained(words)
    transformer = Transformer(str(words))
    pooling = Pooling(transformer.get_embedding_dimension())
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder))
