"""Backbones of profiles base and full: the real loading code on tiny models of each kind.

Tests import ``transformers`` when they run: it takes seconds, in every process of the tests.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import huggingface_hub.constants
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from indexer.backbones import builtin
from indexer.backbones.base import AudioBackbone, Runtime, TextBackbone, VideoBackbone
from indexer.backbones.frames import centre_crop
from indexer.backbones.hub import commit_of, model_folder
from indexer.backbones.hub_models import CLIP_VIT_B_32, CLIP_VIT_L_14
from indexer.backbones.minilm import WEIGHTS, minilm
from indexer.backbones.registry import describe, load_profile
from indexer.backbones.sentences import BATCH
from indexer.errors import ReelfindError
from indexer.packaged_models import ALL_MINILM_L6_V2
from indexer.pooling import unit
from indexer.settings import Settings


def clip(runtime: Runtime) -> VideoBackbone:
    return cast(VideoBackbone, builtin.CLIP_VIT_L_14.load(runtime))


def wav2vec2(runtime: Runtime) -> AudioBackbone:
    return cast(AudioBackbone, builtin.WAV2VEC2_BASE.load(runtime))


def mpnet(runtime: Runtime) -> TextBackbone:
    return cast(TextBackbone, builtin.ALL_MPNET_BASE_V2.load(runtime))


def test_clip_embeds_a_frame_as_the_model_does(
    runtime: Runtime, tiny_models: Path, frames: Sequence[NDArray[np.uint8]]
) -> None:
    from transformers import CLIPModel

    found = clip(runtime).embed_frames(frames)
    model = CLIPModel.from_pretrained(tiny_models / CLIP_VIT_L_14.name).train(False)
    mean, deviation = (0.4815, 0.4578, 0.4082), (0.2686, 0.2613, 0.2758)
    for frame, features in zip(frames, found.features, strict=True):
        pixels = (torch.from_numpy(centre_crop(frame, 32).copy()) / 255 - torch.tensor(mean)) / (
            torch.tensor(deviation)
        )
        with torch.no_grad():
            vision = model.vision_model(pixel_values=pixels.permute(2, 0, 1)[None])
            expected = model.visual_projection(vision.pooler_output)[0]
        np.testing.assert_allclose(features, expected.numpy(), atol=2e-3)
    np.testing.assert_allclose(found.aligned, unit(found.features))


def test_clip_embeds_words_at_unit_norm_whatever_stands_beside_them(runtime: Runtime) -> None:
    network = clip(runtime)
    alone = network.embed_query(["dragon"])
    together = network.embed_query(["dragon", "snow and mountains in the far north of the country"])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(alone[0], together[0], atol=1e-5)
    assert network.embed_query([]).shape == (0, network.aligned_dimension)


def test_clip_words_agree_with_the_model(runtime: Runtime, tiny_models: Path) -> None:
    from transformers import CLIPModel, CLIPTokenizer

    folder = tiny_models / CLIP_VIT_L_14.name
    model, tokenizer = CLIPModel.from_pretrained(folder), CLIPTokenizer.from_pretrained(folder)
    with torch.no_grad():
        text = model.text_model(**tokenizer(["dragon"], return_tensors="pt"))
        expected = unit(model.text_projection(text.pooler_output).numpy())
    np.testing.assert_allclose(clip(runtime).embed_query(["dragon"]), expected, atol=1e-5)


def test_wav2vec2_means_the_hidden_states_of_a_span(
    runtime: Runtime, tiny_models: Path, speechlike: NDArray[np.int16]
) -> None:
    from transformers import Wav2Vec2Model

    found = wav2vec2(runtime).embed_spans(speechlike, [(2.0, 5.0), (20.0, 65.0)])
    model = Wav2Vec2Model.from_pretrained(tiny_models / "wav2vec2-base").train(False)
    hidden = []
    for start in (0, 30, 60):
        window = speechlike[start * 16_000 : (start + 30) * 16_000] / np.float32(32768)
        normal = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
        with torch.no_grad():
            states = model(torch.from_numpy(normal.astype(np.float32))[None]).last_hidden_state[0]
        hidden.append(torch.cat([states, states[-1:]]).numpy())  # 1,499 states in 1,500 steps
    steps = np.concatenate(hidden)
    np.testing.assert_allclose(found[0], steps[100:250].mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(found[1], steps[1000:3250].mean(axis=0), atol=1e-4)


def test_wav2vec2_hears_a_sound_shorter_than_its_convolutions(runtime: Runtime) -> None:
    found = wav2vec2(runtime).embed_spans(np.full(100, 900, np.int16), [(0.0, 0.04)])
    assert np.isfinite(found).all()
    assert found.any()


def test_sentences_of_lite_are_those_of_the_library() -> None:
    from sentence_transformers import SentenceTransformer

    folder = ALL_MINILM_L6_V2.file(WEIGHTS).parent
    times = {3: 120, BATCH: 40}  # The first is cut.
    texts = [f"{'they ran ' * times.get(row, 1)}over hill {row}." for row in range(BATCH + 2)]
    theirs = SentenceTransformer(str(folder), device="cpu").encode(
        texts, normalize_embeddings=True, show_progress_bar=False
    )
    np.testing.assert_allclose(minilm(torch.device("cpu")).embed(texts), theirs, atol=1e-6)


def test_sentences_are_those_of_the_library(runtime: Runtime, tiny_models: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["a dragon", "over the snow"]
    found = mpnet(runtime).embed_texts([texts[0], "  ", texts[1]])
    library = SentenceTransformer(str(tiny_models / "all-mpnet-base-v2"), device="cpu")
    np.testing.assert_allclose(found[[0, 2]], unit(np.asarray(library.encode(texts))), atol=1e-5)
    assert not found[1].any()


def test_weights_of_another_model_are_refused(tiny_models: Path) -> None:
    backbones = load_profile(Settings(profile="full", models=tiny_models))
    with pytest.raises(ReelfindError, match="clip-ViT-L-14: its weights give 20 numbers"):
        backbones.video.embed_query(["dragon"])


def test_an_incomplete_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / CLIP_VIT_B_32.name).mkdir()
    with pytest.raises(ReelfindError, match=r"clip-ViT-B-32: config.json is missing; copy"):
        model_folder(CLIP_VIT_B_32, tmp_path)


def test_a_model_in_the_hub_s_cache_is_found_offline(
    tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = tmp_path / "models--openai--clip-vit-large-patch14"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("0" * 40)
    (cached / "snapshots").mkdir()
    (cached / "snapshots" / ("0" * 40)).symlink_to(tiny_models / CLIP_VIT_L_14.name)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert (
        model_folder(CLIP_VIT_L_14, None).resolve() == (tiny_models / CLIP_VIT_L_14.name).resolve()
    )


def test_a_revision_in_the_settings_is_the_one_that_is_used(
    tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached, old, new = tmp_path / "models--openai--clip-vit-large-patch14", "0" * 40, "1" * 40
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(new)
    for commit in (old, new):
        shutil.copytree(tiny_models / CLIP_VIT_L_14.name, cached / "snapshots" / commit)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert model_folder(CLIP_VIT_L_14, None, old).name == old
    assert commit_of(CLIP_VIT_L_14.repository, old) == old
    assert model_folder(CLIP_VIT_L_14, None).name == commit_of(CLIP_VIT_L_14.repository) == new
    assert commit_of(CLIP_VIT_B_32.repository) is None
    with pytest.raises(ReelfindError, match="not on this machine"):
        model_folder(CLIP_VIT_L_14, None, "2" * 40)
    pinned = describe(Settings(profile="full", revisions={CLIP_VIT_L_14.name: old}))
    usual = describe(Settings(profile="full"))
    assert pinned.video.version == f"{usual.video.version}@{old}"
    assert pinned.text == usual.text


def test_without_the_hub_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ReelfindError) as caught:
        model_folder(CLIP_VIT_L_14, tmp_path / "models")
    message = str(caught.value)
    assert "\n" not in message
    for part in ("clip-ViT-L-14", "1.7 GB", str(tmp_path / "models"), "REELFIND_MODELS", "lite"):
        assert part in message
