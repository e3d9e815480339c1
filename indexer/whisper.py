"""Whisper (Radford et al. 2022): one network that transcribes and embeds sound.

It runs on the CPU even beside a GPU: it is quick there, and CTranslate2's GPU build would need
CUDA libraries of its own.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from faster_whisper.transcribe import get_ctranslate2_storage  # type: ignore[import-untyped]
from numpy.typing import NDArray

from indexer.packaged_models import WHISPER_TINY_EN
from indexer.whisper_graph import whisper_encoder
from indexer.whisper_weights import read_weights

NO_SPEECH = 0.6
"""A window that is silence by more than this probability is not decoded (the threshold of the
paper, which also asks how likely the words are). Windows with a line of the Sintel trailer, mixed
into the sound of other films: 0.30 and less; music: mostly 0.66 and more."""


class Whisper(WhisperModel):  # type: ignore[misc]
    """faster-whisper's model, with ONNX Runtime for the encoder.

    It decodes only windows in which somebody speaks: over music it repeats itself until it has no
    tokens left. Each call takes one core, so that results do not depend on the number of cores, and
    several may run at the same time.
    """

    def __init__(self, folder: Path) -> None:
        workers = os.cpu_count() or 1
        # int8 takes two thirds of the time of float32 and loses nothing that can be heard.
        super().__init__(
            str(folder), "cpu", compute_type="int8", cpu_threads=1, num_workers=workers
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        weights = read_weights(folder / "model.bin", "encoder/")
        self.width = len(weights["conv1/bias"])
        """Of the hidden states."""
        self._encoder = onnxruntime.InferenceSession(
            whisper_encoder(weights).SerializeToString(),
            options,
            providers=["CPUExecutionProvider"],
        )

    def encode(self, features: NDArray[np.float32]) -> Any:
        """Return the hidden states [1, 1500, width] of a spectrogram [80, 3000], as a view."""
        (hidden,) = self._encoder.run(["hidden"], {"mel": features[None]})
        return get_ctranslate2_storage(hidden)

    def generate_with_fallback(
        self, encoder_output: Any, prompt: list[int], tokenizer: Any, options: Any
    ) -> tuple[Any, float, float, float]:
        """Return the best words of a window, and what their likelihood and repetition are.

        Where nobody speaks, they are the first token alone; ``no_speech_threshold`` drops it.
        """
        first = self.model.generate(
            encoder_output,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + 1,
            return_no_speech_prob=True,
        )[0]
        if first.no_speech_prob > NO_SPEECH:
            return first, 0.0, 0.0, 0.0
        words: tuple[Any, float, float, float] = super().generate_with_fallback(
            encoder_output, prompt, tokenizer, options
        )
        return words


def weights_folder() -> Path:
    """Return the folder of the weights in their package.

    Raises:
        ReelfindError: the weights are missing or not the recorded ones.
    """
    files = [WHISPER_TINY_EN.file(each) for each in WHISPER_TINY_EN.files]
    return files[0].parent


def load_network() -> Whisper:
    """Load ``tiny.en``; raises what ``weights_folder`` does."""
    return Whisper(weights_folder())
