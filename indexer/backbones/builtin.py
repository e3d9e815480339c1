"""The built-in backbones, as their entry points announce them.

The modules with the networks are imported when weights are loaded and not before: describing
a profile, which every command does, then needs neither torch nor ONNX Runtime.
"""

from typing import cast

from indexer import packaged_models
from indexer.backbones import hub_models
from indexer.backbones.base import (
    AudioBackbone,
    BackboneSpec,
    OmniBackbone,
    Runtime,
    TextBackbone,
    VideoBackbone,
)


def _efficientnet(runtime: Runtime) -> VideoBackbone:
    from indexer.backbones.efficientnet import load_efficientnet

    return load_efficientnet(runtime)


def _efficientnet_e5(runtime: Runtime) -> VideoBackbone:
    from indexer.backbones.efficientnet import load_efficientnet

    return load_efficientnet(runtime, hub_models.MULTILINGUAL_E5_SMALL.name)


def _whisper(runtime: Runtime) -> AudioBackbone:
    del runtime
    from indexer.backbones.whisper import load_whisper

    return load_whisper()


def _whisper_base(runtime: Runtime) -> AudioBackbone:
    from indexer.backbones.whisper import load_whisper_base

    return load_whisper_base(runtime)


def _minilm(runtime: Runtime) -> TextBackbone:
    from indexer.backbones.minilm import load_minilm

    return load_minilm(runtime)


def _clip_b_32(runtime: Runtime) -> VideoBackbone:
    from indexer.backbones.clip import load_clip

    return load_clip(hub_models.CLIP_VIT_B_32, runtime)


def _clip_l_14(runtime: Runtime) -> VideoBackbone:
    from indexer.backbones.clip import load_clip

    return load_clip(hub_models.CLIP_VIT_L_14, runtime)


def _wav2vec2(runtime: Runtime) -> AudioBackbone:
    from indexer.backbones.wav2vec2 import load_wav2vec2

    return load_wav2vec2(runtime)


def _mpnet(runtime: Runtime) -> TextBackbone:
    from indexer.backbones.mpnet import load_mpnet

    return load_mpnet(runtime)


def _e5(runtime: Runtime) -> TextBackbone:
    from indexer.backbones.e5 import load_e5

    return load_e5(runtime)


def _omni_text(runtime: Runtime) -> TextBackbone:
    from indexer.backbones.omni import load_omni

    return load_omni(runtime)


def _omni_video(runtime: Runtime) -> VideoBackbone:
    """The model that reads texts, pictures and whole shots is loaded once."""
    return cast(VideoBackbone, runtime.text(QWEN_OMNI_7B_TEXT.name))


def _omni(runtime: Runtime) -> OmniBackbone:
    return cast(OmniBackbone, runtime.text(QWEN_OMNI_7B_TEXT.name))


def _omni_needs(runtime: Runtime) -> str:
    from indexer.backbones.omni_memory import needs

    return needs(runtime)


EFFICIENTNET_LITE0 = BackboneSpec(
    "efficientnet-lite0",
    "video",
    "1",
    1280,
    _efficientnet,
    aligned=384,
    model=packaged_models.EFFICIENTNET_LITE0,
)
EFFICIENTNET_LITE0_E5 = BackboneSpec(
    "efficientnet-lite0-e5",
    "video",
    "1",
    1280,
    _efficientnet_e5,
    aligned=384,
    model=packaged_models.EFFICIENTNET_LITE0,
)
WHISPER_TINY_EN = BackboneSpec(
    "whisper-tiny.en", "audio", "1", 384, _whisper, model=packaged_models.WHISPER_TINY_EN
)
WHISPER_BASE = BackboneSpec(
    hub_models.WHISPER_BASE.name,
    "audio",
    "1",
    512,
    _whisper_base,
    model=hub_models.WHISPER_BASE,
)
ALL_MINILM_L6_V2 = BackboneSpec(
    "all-minilm-l6-v2", "text", "1", 384, _minilm, model=packaged_models.ALL_MINILM_L6_V2
)
CLIP_VIT_B_32 = BackboneSpec(
    hub_models.CLIP_VIT_B_32.name,
    "video",
    "1",
    512,
    _clip_b_32,
    aligned=512,
    model=hub_models.CLIP_VIT_B_32,
)
CLIP_VIT_L_14 = BackboneSpec(
    hub_models.CLIP_VIT_L_14.name,
    "video",
    "1",
    768,
    _clip_l_14,
    aligned=768,
    model=hub_models.CLIP_VIT_L_14,
)
WAV2VEC2_BASE = BackboneSpec(
    hub_models.WAV2VEC2_BASE.name,
    "audio",
    "1",
    768,
    _wav2vec2,
    model=hub_models.WAV2VEC2_BASE,
)
ALL_MPNET_BASE_V2 = BackboneSpec(
    hub_models.ALL_MPNET_BASE_V2.name,
    "text",
    "1",
    768,
    _mpnet,
    model=hub_models.ALL_MPNET_BASE_V2,
)
MULTILINGUAL_E5_SMALL = BackboneSpec(
    hub_models.MULTILINGUAL_E5_SMALL.name,
    "text",
    "1",
    384,
    _e5,
    model=hub_models.MULTILINGUAL_E5_SMALL,
)
QWEN_OMNI_7B = BackboneSpec(
    hub_models.QWEN_OMNI_7B.name,
    "omni",
    "1",
    3584,
    _omni,
    model=hub_models.QWEN_OMNI_7B,
    needs=_omni_needs,
)
QWEN_OMNI_7B_VIDEO = BackboneSpec(
    f"{hub_models.QWEN_OMNI_7B.name}-video",
    "video",
    "1",
    3584,
    _omni_video,
    aligned=3584,
    model=hub_models.QWEN_OMNI_7B,
    needs=_omni_needs,
)
QWEN_OMNI_7B_TEXT = BackboneSpec(
    f"{hub_models.QWEN_OMNI_7B.name}-text",
    "text",
    "1",
    3584,
    _omni_text,
    model=hub_models.QWEN_OMNI_7B,
    needs=_omni_needs,
)
