"""Words that are searched for again are not embedded again, whatever others search for between."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from indexer.backbones.base import Vectors
from indexer.backbones.recent import KEPT, RecentQueries
from indexer.backbones.registry import Backbones
from indexer.backbones.sentences import SentenceBackbone


def test_each_is_embedded_once_while_it_is_recent() -> None:
    embedded: list[str] = []

    def embed(texts: Sequence[str]) -> Vectors:
        embedded.extend(texts)
        return np.full((len(texts), 2), len(embedded), np.float32)

    recent = RecentQueries(embed)
    for _ in range(3):
        for words in ("snow", "robot"):
            recent([words])[:] = 0  # A caller may do with it as it likes.
    assert embedded == ["snow", "robot"]
    assert recent(["snow"]).all()
    for number in range(KEPT):
        recent([f"other {number}"])
    recent(["snow"])
    assert embedded.count("snow") == 2


def test_searches_at_once_embed_their_words_once(
    lite: Backbones, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[str] = []
    embed = SentenceBackbone._embed

    def noting(backbone: SentenceBackbone, texts: Sequence[str], network: object) -> Vectors:
        embedded.extend(texts)
        return embed(backbone, texts, network)  # type: ignore[arg-type]

    monkeypatch.setattr(SentenceBackbone, "_embed", noting)

    def search(number: int) -> None:
        words = [f"a robot of {number} legs"]
        for network in (lite.video, lite.text, lite.video):
            network.embed_query(words)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(search, range(8)))
    assert sorted(embedded) == [f"a robot of {number} legs" for number in range(8)]
