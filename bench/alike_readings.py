"""Readings of clips: by themselves, among their neighbours, and in the context of their title."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from bench.alike_data import Part
from encoder.batches import TitleSequence, Vectors, collate, pack
from encoder.model import Encoder
from encoder.windows import embed_titles
from indexer.alike import narrow
from indexer.pooling import pool_clips, unit
from indexer.records import Clip

Reading = Callable[[Sequence[Part]], list[Vectors]]
"""Clips of parts of titles to their vectors, [clips, d] of unit norm for each part."""
SHARES = (0.25, 0.5, 0.75)
"""Of the title's mean beside the clip's own embedding."""
HIDDEN_SHOTS = 8192
"""Positions in one forward pass."""


def fused(parts: Sequence[Part]) -> list[Vectors]:
    """Return the clips' own embeddings."""
    return [_pooled(part, part.shots.fused) for part in parts]


def mean(parts: Sequence[Part]) -> list[Vectors]:
    """Return the mean of the part for each of its clips."""
    whole = (part.shots.fused.mean(axis=0, keepdims=True) for part in parts)
    return [unit(row.repeat(len(part.clips), 0)) for row, part in zip(whole, parts, strict=True)]


def window(half: float) -> Reading:
    """Return the reading of neighbours: a shot ``half`` shots away counts half."""
    return lambda parts: [_pooled(p, _smooth(p.shots.fused, half)) for p in parts]


def window_in_context(encoder: Encoder, half: float) -> Reading:
    """Return the same window over in-context embeddings."""

    def read(parts: Sequence[Part]) -> list[Vectors]:
        found = embed_titles(encoder, [part.shots for part in parts])
        return [
            _pooled(part, _smooth(unit(each.states), half))
            for part, each in zip(parts, found, strict=True)
        ]

    return read


def in_context(encoder: Encoder) -> Reading:
    """Return the reading of in-context embeddings, as the product's."""

    def read(parts: Sequence[Part]) -> list[Vectors]:
        found = embed_titles(encoder, [part.shots for part in parts])
        return [_pooled(p, each.states) for p, each in zip(parts, found, strict=True)]

    return read


def predicted(encoder: Encoder) -> Reading:
    """Return the reading of the fused embeddings that the encoder reads out of its states."""

    def read(parts: Sequence[Part]) -> list[Vectors]:
        found = embed_titles(encoder, [part.shots for part in parts])
        return [_pooled(p, each.predicted) for p, each in zip(parts, found, strict=True)]

    return read


def while_hidden(encoder: Encoder) -> Reading:
    """Return the reading of states while the clip is hidden: what the others tell of it."""

    def read(parts: Sequence[Part]) -> list[Vectors]:
        rows = [np.zeros((len(p.clips), encoder.config.width), np.float32) for p in parts]
        asked = [(i, j) for i, part in enumerate(parts) for j in range(len(part.clips))]
        asked.sort(key=lambda each: len(parts[each[0]].shots))
        for group in pack(asked, lambda each: len(parts[each[0]].shots), HIDDEN_SHOTS):
            shown = [_around(parts[i], j, encoder.config.max_shots) for i, j in group]
            batch = collate([shots for shots, _ in shown])
            hidden = torch.zeros(batch.fused.shape[:2], dtype=torch.bool)
            for row, (_, (a, b)) in enumerate(shown):
                hidden[row, a:b] = True
            with torch.inference_mode():
                states = encoder.encode(batch.fused, batch.valid, batch.metadata, hidden).shots
            for row, ((i, j), (_, (a, b))) in enumerate(zip(group, shown, strict=True)):
                rows[i][j] = states[row, a:b].mean(dim=0).numpy()
        return [unit(each) for each in rows]

    return read


def both(one: Reading, other: Reading, share: float = 0.5) -> Reading:
    """Return two readings side by side: the cosine is the mean of theirs, ``share`` the other's."""
    scales = np.sqrt(np.array([1 - share, share], np.float32))

    def read(parts: Sequence[Part]) -> list[Vectors]:
        pairs = zip(one(parts), other(parts), strict=True)
        return [np.concatenate([a * scales[0], b * scales[1]], axis=1) for a, b in pairs]

    return read


def narrowed(reading: Reading, encoder: Encoder) -> Reading:
    """Return a reading of fused embeddings on the axes of the encoder's input."""
    weights = encoder.project_in.weight.detach().numpy()
    return lambda parts: [unit(narrow(each, weights, 0)) for each in reading(parts)]


def readings(encoders: Sequence[Encoder], half: float) -> Iterator[tuple[str, Reading]]:
    """Yield all readings with their names, those of encoders by seed."""
    yield "fused", fused
    yield f"window, half at {half:g} shots", window(half)
    yield "mean", mean
    for share in SHARES:
        yield f"fused and mean, {share:.0%} mean", both(fused, mean, share)
    for seed, encoder in enumerate(encoders):
        yield f"in context, seed {seed}", in_context(encoder)
        yield f"window of in context, seed {seed}", window_in_context(encoder, half)
        yield f"predicted, seed {seed}", predicted(encoder)
        yield f"while hidden, seed {seed}", while_hidden(encoder)
        yield f"fused and in context, seed {seed}", both(fused, in_context(encoder))
        yield f"fused on {encoder.config.width} axes, seed {seed}", narrowed(fused, encoder)
        yield f"mean on {encoder.config.width} axes, seed {seed}", narrowed(mean, encoder)


def _pooled(part: Part, rows: Vectors) -> Vectors:
    clips = [Clip(i, a, b, a, b) for i, (a, b) in enumerate(part.clips)]
    return unit(pool_clips(rows, clips))


def _smooth(rows: Vectors, half: float) -> Vectors:
    """Return [n, d]: the mean of all rows for each, one ``half`` rows away counting half."""
    place = np.arange(len(rows))
    weights = 0.5 ** (np.abs(place[:, None] - place) / half)
    smooth: Vectors = (weights @ rows / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return smooth


def _around(part: Part, clip: int, most: int) -> tuple[TitleSequence, tuple[int, int]]:
    """Return up to ``most`` shots around a clip, and where it lies in them."""
    a, b = part.clips[clip]
    start = min(max((a + b - most) // 2, 0), max(len(part.shots) - most, 0))
    return part.shots.window(start, most), (a - start, b - start)
