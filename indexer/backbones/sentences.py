"""Text backbones: sentence embeddings (Reimers and Gurevych 2019)."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol, Self

import numpy as np
import torch

from indexer.backbones.base import Vectors
from indexer.backbones.device import multiplies_bfloat16
from indexer.backbones.known import KnownTexts
from indexer.backbones.recent import FEW, RecentQueries
from indexer.cores import one_core

BATCH = 64

UNRELATED = (
    "The train leaves at half past eight.",
    "She put the keys on the kitchen table.",
    "It will rain in the mountains tomorrow.",
    "How much does this cost?",
    "The doctor said that it was nothing serious.",
    "He has not slept for two days.",
    "A dog runs across the street.",
    "We won the game in the last minute.",
    "Der Zug fährt um halb neun ab.",
    "Sie legte die Schlüssel auf den Küchentisch.",
    "Morgen regnet es in den Bergen.",
    "Was kostet das?",
    "Le train part à huit heures et demie.",
    "Elle a posé les clés sur la table de la cuisine.",
    "Combien ça coûte ?",
    "Un chien traverse la rue en courant.",
    "Поезд отправляется в половине девятого.",
    "Она положила ключи на кухонный стол.",
    "Сколько это стоит?",
    "Собака бежит через улицу.",
    "El tren sale a las ocho y media.",
    "¿Cuánto cuesta esto?",
    "Mañana lloverá en las montañas.",
    "電車は八時半に出ます。",
    "これはいくらですか。",
    "明日は山で雨が降ります。",
    "火车八点半开。",
    "这个多少钱？",
    "القطار يغادر في الثامنة والنصف.",
    "बारिश होगी।",
    "Pociąg odjeżdża o wpół do dziewiątej.",
    "Ile to kosztuje?",
)
"""Sentences whose mean is what all sentences have in common."""


class SentenceModel(Protocol):
    """A network over sentences; texts beyond its length are cut."""

    @property
    def dimension(self) -> int:
        """Width of an embedding."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed one text or more: [n, dimension], unit rows."""
        ...

    def in_bfloat16(self) -> Self:
        """Return a copy whose weights are half as long."""
        ...


class SentenceBackbone:
    """A sentence model as a text backbone.

    Args:
        model: the network.
        device: where it computes.
        known: texts with stored embeddings.
    """

    def __init__(
        self, model: SentenceModel, device: torch.device, known: KnownTexts | None = None
    ) -> None:
        self._known = known or {}
        self._device = device
        self._model = model
        self.dimension = model.dimension
        self._queries = RecentQueries(lambda texts: self._embed(texts, self._hurried))
        # Pictures share this space in profile lite, so the same prompts are embedded twice.
        self._last: tuple[object, Vectors] = (None, self._embed([], model.embed))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: [n, dimension], unit rows; an empty text gets a row of zeros."""
        asked = list(texts)
        known, vectors = self._last
        if known != asked:
            vectors = self._embed(asked, self._model.embed)
            self._last = (asked, vectors)
        return vectors.copy()

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed queries: [n, dimension], unit rows.

        A search waits for this, and for a few words the time goes into reading weights. So the
        weights are bfloat16 if the processor supports it: the cosine to ``embed_texts`` is 0.9999.
        """
        return self._queries(texts) if len(texts) <= FEW else self.embed_texts(texts)

    def _embed(self, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        filled = []
        for row, text in enumerate(texts):
            if text in self._known:
                vectors[row] = self._known[text]
            elif text.strip():
                filled.append(row)
        if filled:
            vectors[filled] = embed([texts[row] for row in filled])
        return vectors

    def _hurried(self, texts: Sequence[str]) -> Vectors:
        model = self._halved
        if model is None:
            return self._model.embed(texts)
        with one_core():
            return model.embed(texts)

    @cached_property
    def _halved(self) -> SentenceModel | None:
        """The model in bfloat16, if the processor can multiply it."""
        return self._model.in_bfloat16() if multiplies_bfloat16(self._device) else None
