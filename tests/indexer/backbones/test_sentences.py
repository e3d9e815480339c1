"""The text backbone of profile lite."""

import numpy as np
import pytest
import torch

from indexer.backbones import sentences
from indexer.backbones.device import multiplies_bfloat16
from indexer.backbones.minilm import minilm
from indexer.backbones.registry import Backbones, load_profile
from indexer.backbones.sentences import SentenceBackbone
from indexer.settings import Settings

CPU = torch.device("cpu")


def test_sentences_of_one_meaning_are_near(lite: Backbones) -> None:
    man, person, bread = lite.text.embed_texts(
        ["I am looking for someone.", "I'm searching for a person.", "The bread is in the oven."]
    )
    assert man @ person > 0.5 > man @ bread


def test_an_empty_text_is_a_missing_modality(lite: Backbones) -> None:
    vectors = lite.text.embed_texts(["Hello.", "", " \n"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0], rtol=1e-5)
    assert vectors.dtype == np.float32
    assert lite.text.embed_texts([]).shape == (0, 384)


def test_loading_says_nothing_and_asks_no_hub(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    load_profile(Settings()).text.embed_texts(["Hello."])
    assert capfd.readouterr() == ("", "")


def test_the_same_words_again_are_the_same_even_if_the_answer_was_changed(lite: Backbones) -> None:
    for embed in (lite.text.embed_texts, lite.text.embed_query):
        first = embed(["over the snow"])
        kept = first.copy()
        first[:] = 0
        np.testing.assert_array_equal(embed(["over the snow"]), kept)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_what_is_looked_for_lies_among_what_was_embedded(
    bfloat16: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "multiplies_bfloat16", lambda _: bfloat16)
    backbone = SentenceBackbone(minilm(CPU), CPU)
    texts = ["over the snow", "Why did you not tell me that they would all be there by nine?"]
    asked, stored = backbone.embed_query(texts), backbone.embed_texts(texts)
    assert asked.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(asked, axis=1), 1, rtol=1e-5)
    cosines = (asked * stored).sum(axis=1)
    assert (cosines > (0.9998 if bfloat16 else 1 - 1e-5)).all()
    assert (asked == stored).all() or bfloat16
    assert not backbone.embed_query(["", " "]).any()
    many = [*texts, "a third"]
    np.testing.assert_array_equal(backbone.embed_query(many), backbone.embed_texts(many))


def test_an_old_torch_and_a_gpu_do_not_multiply_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    capabilities = {"avx512_bf16": True}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert multiplies_bfloat16(torch.device("cpu"))
    assert not multiplies_bfloat16(torch.device("cuda"))
    capabilities.clear()
    assert not multiplies_bfloat16(torch.device("cpu"))
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert not multiplies_bfloat16(torch.device("cpu"))
