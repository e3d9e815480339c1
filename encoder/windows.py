"""Titles in context: every shot's hidden state, computed over its whole title."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from encoder.batches import TitleSequence, Vectors, collate, pack
from encoder.model import Encoder

EMBEDDED_SHOTS = 512
"""Positions in one forward pass, padding included: bounds the memory, whatever the titles."""


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
    (found,) = embed_titles(encoder, [TitleSequence(title_id, fused, metadata)])
    return found


def embed_titles(encoder: Encoder, titles: Sequence[TitleSequence]) -> list[InContext]:
    """Embed all shots of many titles, each in its own context alone, in batches.

    Windows of about the same length share a forward pass. What a title gets does not depend
    on the others but for rounding. Returns in the order of ``titles``; raises what
    ``embed_title`` does.
    """
    length = encoder.config.max_shots
    found = [
        InContext(
            np.empty((len(title), encoder.config.width), np.float32),
            np.empty((len(title), encoder.config.fused_dim), np.float32),
        )
        for title in titles
    ]
    parts = sorted(
        (part for i, title in enumerate(titles) for part in _parts(i, len(title), length)),
        key=lambda part: part.shots,
    )
    for group in pack(parts, lambda part: part.shots, EMBEDDED_SHOTS):
        windows = [titles[part.title].window(part.start, part.shots) for part in group]
        batch = collate(windows).to(encoder.device)
        with torch.inference_mode():
            states = encoder.encode(batch.fused, batch.valid, batch.metadata).shots
            predicted = torch.nn.functional.normalize(encoder.predict(states), dim=-1)
        for row, part in enumerate(group):
            kept = slice(part.first - part.start, part.end - part.start)
            found[part.title].states[part.first : part.end] = states[row, kept].cpu().numpy()
            found[part.title].predicted[part.first : part.end] = predicted[row, kept].cpu().numpy()
    return found


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


@dataclass(frozen=True)
class _Part:
    """``shots`` shots of a title from ``start``, of which ``first`` to ``end`` are kept."""

    title: int
    start: int
    shots: int
    first: int
    end: int


def _parts(title: int, shots: int, length: int) -> Iterator[_Part]:
    starts = window_starts(shots, length)
    bounds = window_bounds(starts, shots, length)
    for start, (first, end) in zip(starts, pairwise(bounds), strict=True):
        yield _Part(title, start, min(shots, length), first, end)
