"""Audio backbones: the hidden states of Whisper's encoder (Radford 2022).

Trained to transcribe, they separate speech, music and noise, and reflect the dialogue.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.base import Runtime, Vectors
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import WHISPER_BASE
from indexer.backbones.spans import WINDOW, pool_spans
from indexer.cores import map_on_cores
from indexer.whisper import Whisper, load_network


class WhisperStates:
    """Mean hidden states of Whisper's encoder."""

    def __init__(self, network: Whisper) -> None:
        self.network = network
        self.dimension = network.width

    def embed_spans(
        self, samples: NDArray[np.int16], spans: Sequence[tuple[float, float]]
    ) -> Vectors:
        """Embed spans of a title's sound: [n, dimension]; see ``AudioBackbone``."""
        return pool_spans(samples, spans, self._encode, self.dimension, map_on_cores)

    def _encode(self, window: NDArray[np.float32]) -> Vectors:
        # The network takes 30 s and no less; its own training padded the sound with silence.
        padded = np.pad(window, (0, WINDOW - len(window)))
        mel = self.network.feature_extractor(padded, padding=0)
        hidden: Vectors = np.asarray(self.network.encode(mel), dtype=np.float32)[0]
        return hidden


def load_whisper() -> WhisperStates:
    """Return ``whisper-tiny.en`` (384-d) with the weights of the installed package.

    Its integers change an embedding by a cosine of less than 0.001 from float32 (measured on Big
    Buck Bunny) and are a third quicker.

    Raises:
        ReelfindError: the package is missing or its files are not the reviewed ones.
    """
    return WhisperStates(load_network())


def load_whisper_base(runtime: Runtime) -> WhisperStates:
    """Return ``whisper-base`` (512-d), which knows many languages.

    Raises:
        ReelfindError: its weights are not here and cannot be fetched.
    """
    folder = model_folder(WHISPER_BASE, runtime.models, runtime.revision(WHISPER_BASE.name))
    return WhisperStates(Whisper(folder))
