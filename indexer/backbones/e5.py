"""Text backbone ``multilingual-e5-small`` (Wang et al. 2024), run by sentence-transformers.

Sentences of about a hundred languages lie in one space. All of them lie in one corner of it:
the cosine of two that have nothing to do with each other is 0.8. So the mean of some unrelated
sentences is taken off (Mu and Viswanath 2018), and it is 0.2.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.base import Runtime, Vectors
from indexer.backbones.device import torch_device
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import MULTILINGUAL_E5_SMALL
from indexer.backbones.mpnet import HubSentences
from indexer.backbones.sentences import SentenceBackbone
from indexer.pooling import unit

PREFIX = "query: "
"""What the model expects before texts that are compared with each other; "passage: " before one
side finds less (``docs/results/experiments.md``)."""

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


class CentredSentences(HubSentences):
    """A model whose sentences share a direction, without it."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; see ``SentenceModel``."""
        return unit(self._prefixed(texts) - self._centre)

    @cached_property
    def _centre(self) -> NDArray[np.float32]:
        mean: NDArray[np.float32] = self._prefixed(UNRELATED).mean(axis=0)
        return mean

    def _prefixed(self, texts: Sequence[str]) -> Vectors:
        return super().embed([PREFIX + each for each in texts])


def load_e5(runtime: Runtime) -> SentenceBackbone:
    """Return ``multilingual-e5-small`` (384-d).

    Raises:
        ReelfindError: its weights are not here and cannot be fetched.
    """
    device = torch_device(runtime)
    model = MULTILINGUAL_E5_SMALL
    folder = model_folder(model, runtime.models, runtime.revision(model.name))
    return SentenceBackbone(CentredSentences(folder, device), device)
