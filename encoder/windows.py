"""A title in context: every shot's hidden state, computed over the whole title."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from encoder.batches import TitleSequence, Vectors, collate
from encoder.model import Encoder

WINDOWS_AT_ONCE = 8
"""Windows in one forward pass, which bounds the memory that a very long title takes."""


@dataclass(frozen=True, eq=False)
class InContext:
    """``states`` [n, W] float32: in-context embeddings, as the final norm leaves them.

    ``predicted`` [n, D] float32, unit rows: the fused embedding that the encoder reads out of
    each state, with nothing hidden.
    """

    states: Vectors
    predicted: Vectors


def embed_title(
    encoder: Encoder, fused: Vectors, metadata: Vectors | None = None, *, title_id: str = "title"
) -> InContext:
    """Embed all shots of a title in its context.

    A title longer than the encoder's ``max_shots`` is read in overlapping windows, and each
    shot is taken from the window in which it has the most context on both sides.

    Args:
        encoder: a fitted encoder, on any device.
        fused: [n, D] float32, n ≥ 1.
        metadata: [M] float32, or None for a title without, which leaves [GLOBAL] empty.
        title_id: how an error calls the title.

    Raises:
        ValueError: naming the title: NaN or infinity, no shots; or a width that is not the
            encoder's.
    """
    if metadata is None:
        metadata = np.zeros(encoder.config.metadata_dim, np.float32)
    title = TitleSequence(title_id, fused, metadata)
    length = encoder.config.max_shots
    starts = window_starts(len(title), length)
    bounds = window_bounds(starts, len(title), length)
    states = np.empty((len(title), encoder.config.width), np.float32)
    predicted = np.empty((len(title), encoder.config.fused_dim), np.float32)
    for first in range(0, len(starts), WINDOWS_AT_ONCE):
        group = range(first, min(first + WINDOWS_AT_ONCE, len(starts)))
        batch = collate([title.window(starts[i], length) for i in group]).to(encoder.device)
        with torch.inference_mode():
            in_context = encoder.encode(batch.fused, batch.valid, batch.metadata).shots
            unit = torch.nn.functional.normalize(encoder.predict(in_context), dim=-1)
        for row, i in enumerate(group):
            kept = slice(bounds[i] - starts[i], bounds[i + 1] - starts[i])
            states[bounds[i] : bounds[i + 1]] = in_context[row, kept].cpu().numpy()
            predicted[bounds[i] : bounds[i + 1]] = unit[row, kept].cpu().numpy()
    return InContext(states, predicted)


def window_starts(shots: int, length: int) -> list[int]:
    """Return where the windows over ``shots`` begin: evenly, overlapping by half or more."""
    if shots <= length:
        return [0]
    gaps = math.ceil((shots - length) / max(length // 2, 1))
    return [(shots - length) * i // gaps for i in range(gaps + 1)]


def window_bounds(starts: list[int], shots: int, length: int) -> list[int]:
    """Return the first shot read from each window, and ``shots`` at the end.

    Two neighbours change over in the middle of their overlap: before it a shot has more
    context on its poorer side in the earlier window, after it in the later one.
    """
    middles = [(a + length + b) // 2 for a, b in pairwise(starts)]
    return [0, *middles, shots]
