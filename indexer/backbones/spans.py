"""One embedding per span of sound, from hidden states and in bounded memory.

An audio network reads windows of fixed length. The title is cut into such windows, each is
encoded once however many spans lie in it, and a span's embedding is the mean over its own
hidden states, of several windows if it is long. Each hidden state thus has context of up to a
window, so spans too short for the network get an embedding as well.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.base import SAMPLE_RATE, Vectors

STEP = 320
"""Samples between two hidden states: 20 ms, for Whisper's encoder and for wav2vec 2.0."""

FULL_SCALE = 32768
"""What an int16 sample is divided by to lie in −1…1."""

WINDOW_SECONDS = 30
WINDOW = WINDOW_SECONDS * SAMPLE_RATE
WINDOW_STEPS = WINDOW // STEP

Encode = Callable[[NDArray[np.float32]], Vectors]
"""Maps one window, [up to 480,000] float32 in −1…1, to hidden states [steps, d]."""


def pool_spans(
    samples: NDArray[np.int16],
    spans: Sequence[tuple[float, float]],
    encode: Encode,
    dimension: int,
    mapped: Callable[..., Iterable[Any]] = map,
) -> Vectors:
    """Return the mean hidden state of each span: [spans, dimension] float32.

    A span has the steps that begin in it, and at least the one it begins in. Windows in which
    no span sounds are not encoded.

    Args:
        samples: [samples] int16, mono at 16 kHz; a memory map is read a window at a time.
        spans: (start, end) in seconds. One beyond the sound, or of digital silence, gets zeros.
        encode: the network.
        dimension: width of its hidden states.
        mapped: encodes windows one after the other as ``map`` does, or several at a time.
    """
    steps = -(-len(samples) // STEP)
    first = np.array([_step_at(start) for start, _ in spans], dtype=np.int64)
    end = np.array([_step_at(stop) for _, stop in spans], dtype=np.int64)
    end = np.minimum(np.maximum(end, first + 1), steps)
    sounds = np.array(
        [bool(samples[a * STEP : b * STEP].any()) for a, b in zip(first, end, strict=True)],
        dtype=bool,
    )

    def inside(start: int) -> NDArray[np.int64]:
        return np.flatnonzero(sounds & (first < start + WINDOW_STEPS) & (end > start))

    def sums_from(start: int) -> list[NDArray[np.float64]]:
        # Only the sums are kept until their turn: hidden states of a whole title are too many.
        window = samples[start * STEP : (start + WINDOW_STEPS) * STEP]
        hidden = encode(window.astype(np.float32) / np.float32(FULL_SCALE))
        return [_steps_of(hidden, first[span] - start, end[span] - start) for span in inside(start)]

    sums = np.zeros((len(spans), dimension))
    starts = [start for start in range(0, steps, WINDOW_STEPS) if len(inside(start))]
    for start, found in zip(starts, mapped(sums_from, starts), strict=True):
        for span, part in zip(inside(start), found, strict=True):
            sums[span] += part
    counts = np.where(sounds, end - first, 1)
    return (sums / counts[:, None]).astype(np.float32)


def _step_at(seconds: float) -> int:
    # A boundary that falls on a step must not slip below it by the rounding of floats.
    return int(seconds * SAMPLE_RATE / STEP + 1e-6)


def _steps_of(hidden: Vectors, first: int, end: int) -> NDArray[np.float64]:
    """Return the sum of the steps from ``first`` to ``end`` that lie in the window.

    Convolutions without padding end a step or so early: the last hidden state stands for
    what is missing.
    """
    inside = np.arange(max(first, 0), min(end, WINDOW_STEPS))
    total: NDArray[np.float64] = hidden[np.minimum(inside, len(hidden) - 1)].sum(
        axis=0, dtype=np.float64
    )
    return total
