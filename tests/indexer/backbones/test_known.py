"""Embeddings that lie ready: all that is shipped, and as the weights would give them."""

from pathlib import Path

import numpy as np
import torch

from indexer.backbones.known import load_known_texts, save_known_texts
from indexer.backbones.known.make import shipped_texts
from indexer.backbones.minilm import WEIGHTS, minilm
from indexer.backbones.registry import Backbones
from indexer.packaged_models import ALL_MINILM_L6_V2

MINILM = (ALL_MINILM_L6_V2.package, ALL_MINILM_L6_V2.files[WEIGHTS])


def test_every_shipped_text_is_known_and_no_other() -> None:
    """Else: python -m indexer.backbones.known.make."""
    assert list(load_known_texts(*MINILM)) == shipped_texts()


def test_what_is_known_is_what_the_weights_give() -> None:
    known = load_known_texts(*MINILM)
    texts = list(known)[::9]
    fresh = minilm(torch.device("cpu")).embed(texts)
    stored = np.stack([known[text] for text in texts])
    np.testing.assert_allclose(stored, fresh, atol=2e-4)
    np.testing.assert_allclose(np.linalg.norm(stored, axis=1), 1.0, rtol=1e-6)


def test_known_and_other_texts_stand_beside_each_other(lite: Backbones) -> None:
    known = load_known_texts(*MINILM)
    text = next(iter(known))
    rows = lite.text.embed_texts(["a film about bees", text, ""])
    np.testing.assert_array_equal(rows[1], known[text])
    np.testing.assert_allclose(rows[0], lite.text.embed_texts(["a film about bees"])[0], atol=1e-6)
    assert not rows[2].any()


def test_other_weights_know_nothing(tmp_path: Path) -> None:
    save_known_texts("net", "digest", ["one"], np.ones((1, 4), np.float32), tmp_path)
    assert load_known_texts("net", "digest", tmp_path).keys() == {"one"}
    assert load_known_texts("net", "another digest", tmp_path) == {}
    assert load_known_texts("no such net", "digest", tmp_path) == {}
