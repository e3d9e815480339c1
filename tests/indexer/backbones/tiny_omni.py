"""A tiny Qwen2.5-Omni in the hub's format, without its voice, and the backbones that read it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    Qwen2_5OmniConfig,
    Qwen2_5OmniForConditionalGeneration,
    Qwen2Tokenizer,
    WhisperFeatureExtractor,
)
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.utils import logging

from indexer.backbones import builtin, omni
from indexer.backbones.quiet import without_reports

WIDTH = 32
MEDIA = ("audio", "image", "video", "audio_start", "audio_end", "vision_start", "vision_end")
"""Tokens that stand for pictures and sound, as the configuration names them."""


def take_tiny(patch: pytest.MonkeyPatch) -> None:
    """Let the backbones of profile omni be as narrow as the tiny model, and frames be small."""
    for name in ("QWEN_OMNI_7B", "QWEN_OMNI_7B_VIDEO", "QWEN_OMNI_7B_TEXT"):
        spec = getattr(builtin, name)
        patch.setattr(
            builtin, name, replace(spec, dimension=WIDTH, aligned=WIDTH if spec.aligned else 0)
        )
    patch.setattr(omni, "FRAME_PIXELS", 112 * 56)


def save_omni(folder: Path) -> None:
    """Save the model, its weights in several files."""
    torch.manual_seed(0)
    vocabulary = {letter: index for index, letter in enumerate(sorted(ByteLevel.alphabet()))}
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=[])
    tokens = ["<|im_start|>", "<|im_end|>", *(f"<|{each}|>" for each in MEDIA)]
    tokenizer.add_special_tokens({"extra_special_tokens": tokens})
    tokenizer.save_pretrained(folder)
    media: dict[str, int] = {each: tokenizer.get_vocab()[f"<|{each}|>"] for each in MEDIA}
    with without_reports():
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        _save_thinker(folder, len(tokenizer), media)
        logging.enable_progress_bar()  # type: ignore[no-untyped-call]
    # The hub's file is both.
    file = folder / "preprocessor_config.json"
    parts: dict[str, object] = {}
    for each in (Qwen2VLImageProcessorPil(), WhisperFeatureExtractor(feature_size=128)):  # type: ignore[no-untyped-call]
        each.save_pretrained(folder)
        parts |= json.loads(file.read_text())
    file.write_text(json.dumps(parts))


def _save_thinker(folder: Path, words: int, media: dict[str, int]) -> None:
    text = {"vocab_size": words, "hidden_size": WIDTH, "num_hidden_layers": 2}
    text |= {"intermediate_size": 32, "num_attention_heads": 2, "num_key_value_heads": 1}
    rotary = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [2, 3, 3]}
    vision = {"depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2}
    vision |= {"out_hidden_size": WIDTH}
    audio = {"encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 16}
    audio |= {"d_model": 16, "output_dim": WIDTH}
    ids = {f"{each}_token_index": media[each] for each in ("audio", "image", "video")}
    ids |= {f"{each}_token_id": media[each] for each in MEDIA if "_" in each}
    parts = {
        "text_config": {**text, "rope_parameters": rotary},
        "vision_config": {**vision, "fullatt_block_indexes": [1]},
        "audio_config": audio,
    }
    config = Qwen2_5OmniConfig(thinker_config={**parts, **ids}, enable_audio_output=False)
    Qwen2_5OmniForConditionalGeneration(config).save_pretrained(folder, max_shard_size="20KB")
