"""Backbones without networks, for processes that tests start; some kill their process."""

import hashlib
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.base import BackboneSpec, FrameEmbeddings, Runtime, Vectors

WIDTH = 8
MARKS = "REELFIND_STUB_MARKS"
"""Names the folder of the file ``victim``, which the process writes that waits to be killed."""
POISON, VICTIM = (0, 255, 0), (0, 0, 255)
"""Colours of films: whoever sees the first is killed, whoever sees the second, the first time."""


def of_text(text: str) -> NDArray[np.float32]:
    """Numbers that a text alone decides, at unit norm; zeros for an empty text."""
    if not text:
        return np.zeros(WIDTH, np.float32)
    digest = np.frombuffer(hashlib.sha256(text.encode()).digest()[:WIDTH], np.uint8)
    vector = digest.astype(np.float32) - 127.5
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


class Stub:
    dimension = aligned_dimension = WIDTH

    def embed_frames(self, frames: Sequence[NDArray[np.uint8]]) -> FrameEmbeddings:
        """Mean levels of each colour and of places in the picture."""
        rows = np.stack([self._look(frame) for frame in frames])
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return FrameEmbeddings(rows, rows / np.maximum(norms, 1e-6))

    def _look(self, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        colour = frame.reshape(-1, 3).mean(axis=0)
        if np.abs(colour - POISON).max() < 40:
            os.kill(os.getpid(), signal.SIGKILL)
        if np.abs(colour - VICTIM).max() < 40:
            wait_to_be_killed()
        places = frame[:: frame.shape[0] // 5, frame.shape[1] // 2, 0][: WIDTH - 3]
        return np.concatenate([colour, places]).astype(np.float32) + 1

    def embed_spans(
        self, samples: NDArray[np.int16], spans: Sequence[tuple[float, float]]
    ) -> Vectors:
        """How loud each eighth of a span is."""
        rows = np.zeros((len(spans), WIDTH), np.float32)
        for row, (start, end) in zip(rows, spans, strict=True):
            parts = np.array_split(samples[int(start * 16_000) : int(end * 16_000)], WIDTH)
            row[:] = [np.abs(part).mean() if len(part) else 0 for part in parts]
        return rows

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Numbers that each text alone decides."""
        return np.stack([of_text(text) for text in texts])

    embed_query = embed_texts


def wait_to_be_killed() -> None:
    """Write this process's id, and wait; return at once where another process was killed so."""
    if MARKS not in os.environ:
        return
    victim = Path(os.environ[MARKS]) / "victim"
    try:
        with victim.open("x") as file:
            file.write(f"{os.getpid()}\n")
    except FileExistsError:
        return
    time.sleep(600)


def load(runtime: Runtime) -> Stub:
    """Return the stub."""
    return Stub()


VIDEO = BackboneSpec("stub-video", "video", "1", WIDTH, load, aligned=WIDTH)
AUDIO = BackboneSpec("stub-audio", "audio", "1", WIDTH, load)
TEXT = BackboneSpec("stub-text", "text", "1", WIDTH, load)
