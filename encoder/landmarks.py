"""A start whose last feed-forward layer knows titles: its units are landmarks.

After a linear start, [CLS] holds little more than the mean of a title's shots, and a linear head
on it can do no more than one on that mean. Here each unit of the last layer's GELU network starts
as the likeness of the title in hand to one title of the training set, as in the approximation of
kernels by landmarks (Williams and Seeger 2001). What the layer adds to the states is zero at
first, as after every start: predictions are those of the linear start, and training is free to use
the units or not. They are read by ``Encoder.gather``.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from encoder.batches import TitleSequence, collate, pack
from encoder.chance import generator
from encoder.model import Block, Encoder

SLOPE = 1.5
"""A unit's input at the likeness 1: there GELU is curved, and not yet a ramp."""

RIDGE = 0.1
"""Strength of the regression that finds the units' weights, in units of the mean variance."""

AT_ONCE = 8192
"""Positions in one forward pass."""


def start_landmarks(encoder: Encoder, titles: Sequence[TitleSequence], seed: int) -> None:
    """Set units of the last feed-forward layer to likenesses to training titles.

    The likeness of two titles is the cosine of their mean fused embeddings, centred over all
    titles; the weights are the ridge regression from the state of [CLS] to it. Titles are drawn
    where there are more of them than units; units beyond the number of titles stay as they are.

    Args:
        encoder: after a linear start.
        titles: of the training; longer ones count by their first ``max_shots`` shots.
        seed: of the draw.
    """
    block = encoder.blocks[-1]
    assert isinstance(block, Block)
    windows = sorted((title.window(0, encoder.config.max_shots) for title in titles), key=len)
    with torch.inference_mode():
        states = torch.cat(
            [_read(encoder, group) for group in pack(windows, len, AT_ONCE)]
        ).double()
    means = np.stack([window.fused.mean(axis=0, dtype=np.float64) for window in windows])
    centred = torch.from_numpy(means - means.mean(axis=0))
    directions = centred / centred.norm(dim=1, keepdim=True).clamp(min=1e-12)
    chance = generator(seed, "landmarks")
    chosen = torch.randperm(len(windows), generator=chance)[: block.up.out_features]
    middle = states.mean(dim=0)
    read = states - middle
    gram = read.T @ read
    ridge = RIDGE * gram.diagonal().mean().clamp(min=1e-12)
    wanted = SLOPE * directions @ directions[chosen].T
    eye = torch.eye(len(gram), dtype=gram.dtype)
    weights = torch.linalg.solve(gram + ridge * eye, read.T @ wanted)
    with torch.no_grad():
        block.up.weight[: len(chosen)] = weights.T.float()
        block.up.bias[: len(chosen)] = -(middle @ weights).float()


def _read(encoder: Encoder, titles: Sequence[TitleSequence]) -> Tensor:
    """Return what the last feed-forward layer reads at [CLS], [B, W]."""
    batch = collate(titles)
    return encoder.before_last_mlp(batch.fused, batch.valid, batch.metadata)
