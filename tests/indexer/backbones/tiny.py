"""Tiny networks in the hub's format, one of each kind that profiles base and full load."""

from pathlib import Path

import torch
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

WORDS = ("a", "dragon", "over", "the", "snow")


def save_models(folder: Path) -> None:
    """Save a network of each kind in a folder of its own."""
    torch.manual_seed(0)
    _save_clip(folder / "clip-ViT-L-14")
    _save_wav2vec2(folder / "wav2vec2-base")
    _save_sentences(folder / "all-mpnet-base-v2")
    _save_sentences(folder / "multilingual-e5-small")


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
