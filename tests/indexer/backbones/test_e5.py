"""Sentences of many languages: as the library has them, without what all have in common."""

from pathlib import Path
from typing import cast

import numpy as np

from indexer.backbones import builtin
from indexer.backbones.base import Runtime, TextBackbone, Vectors
from indexer.backbones.e5 import PREFIX
from indexer.backbones.sentences import UNRELATED
from indexer.pooling import unit

TEXTS = ["a dragon", "over the snow"]


def test_sentences_are_those_of_the_library_without_their_mean(
    runtime: Runtime, tiny_models: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(tiny_models / "multilingual-e5-small"), device="cpu")

    def theirs(*texts: str) -> Vectors:
        return unit(library.encode([PREFIX + each for each in texts]))

    backbone = cast(TextBackbone, builtin.MULTILINGUAL_E5_SMALL.load(runtime))
    found = backbone.embed_texts([TEXTS[0], " ", TEXTS[1]])
    expected = unit(theirs(*TEXTS) - theirs(*UNRELATED).mean(axis=0))
    np.testing.assert_allclose(found[[0, 2]], expected, atol=1e-4)
    assert not found[1].any()
    assert (np.sum(backbone.embed_query(TEXTS) * expected, axis=1) > 0.99).all()
