"""Where training starts: an encoder that already predicts hidden shots as a linear model does.

A BERT-like stack that starts from noise spends its first epochs on finding that the shots of a
title resemble each other, and on the few hundred titles that most people have it never gets
further. Here the input projection starts as the principal axes of the shots and the output
projection as its transpose; the first attention layer reads the whole title and the second the
neighbours, and their output matrices start as the ridge regression from what they read to what is
hidden. Reading the neighbours from the start takes rotary positions. What is learned is learned on
top of that. It is a start and no constraint: every weight is trained, and the model is the
published one.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from encoder.batches import Batch, TitleSequence, Vectors, collate, mean_direction, pack
from encoder.chance import generator
from encoder.config import TrainingConfig
from encoder.masking import draw_mask
from encoder.model import PREFIX, Block, Encoder

AXES_SHOTS = 2048
"""Shots that the principal axes are taken from, at most."""

FITTED_SHOTS = 20_000
"""Shots that the attention layers are fitted on, at most."""

MASKS = 4
"""Times that each of them is masked anew."""

AT_ONCE = 8192
"""Positions in one forward pass."""

FITTED_BLOCKS = 2

RIDGES = (1e-3, 1e-2, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
"""Strengths that are tried, in units of the mean variance of what is read."""


def start_at(encoder: Encoder, mean: Tensor) -> None:
    """Let every prediction start as ``mean`` [D], which training need not then find."""
    with torch.no_grad():
        encoder.project_out.weight.zero_()
        # Of norm √D, as the encoder's inputs, so that its elements are about 1.
        encoder.project_out.bias.copy_(mean * math.sqrt(len(mean)))


def start_linear(
    encoder: Encoder, titles: Sequence[TitleSequence], training: TrainingConfig
) -> None:
    """Set an untrained encoder to the best linear guess of each hidden shot.

    The result is a function of the encoder's own weights, of ``training``'s masking and seed,
    and of ``titles``, in the order given. Its positions must be rotary.
    """
    config = encoder.config
    mean = torch.from_numpy(mean_direction(titles)) * math.sqrt(config.fused_dim)
    axes = _axes(titles, mean, encoder.project_in.weight.detach())
    with torch.no_grad():
        encoder.project_in.weight.copy_(axes)
        encoder.project_in.bias.copy_(-axes @ mean)
        # The final norm leaves √width of length, and a fused embedding is √D long here.
        encoder.project_out.weight.copy_(axes.T * math.sqrt(config.fused_dim / config.width))
        encoder.project_out.bias.zero_()
        # What is known of a hidden shot before anything is read: it is like all others.
        encoder.mask_token.copy_(axes @ mean)
        encoder.cls_token.copy_(encoder.mask_token)
        _fit_attention(encoder, titles, training, axes)


def _fit_attention(
    encoder: Encoder, titles: Sequence[TitleSequence], training: TrainingConfig, axes: Tensor
) -> None:
    """Set the output matrices of the first attention layers, one after the other."""
    chance = generator(training.seed, "start")
    windows = sorted(_choose(titles, encoder.config.max_shots, chance) * MASKS, key=len)
    batches = [collate(group) for group in pack(windows, len, AT_ONCE)]
    masks = [
        draw_mask(b.candidates, training.mask_ratio, chance, span=training.mask_span)
        for b in batches
    ]
    wanted = [_wanted(b, mask, axes) for b, mask in zip(batches, masks, strict=True)]
    if not sum(map(len, wanted)):
        return
    for depth in range(min(FITTED_BLOCKS, len(encoder.blocks))):
        block = encoder.blocks[depth]
        assert isinstance(block, Block)
        _let_values_through(block, nearby=depth > 0)
        read, missing = [], []
        for batch, mask, target in zip(batches, masks, wanted, strict=True):
            x, keep, rotation = encoder.enter(batch.fused, batch.valid, batch.metadata, mask)
            for before in encoder.blocks[:depth]:
                x = before(x, keep, rotation)
            mixed = block.attention.mix(block.attention_norm(x), keep, rotation)
            read.append(mixed[:, PREFIX:][mask])
            missing.append(target - x[:, PREFIX:][mask])
        block.attention.out.weight.copy_(_ridge(torch.cat(read), torch.cat(missing)).T)


def _wanted(batch: Batch, mask: Tensor, axes: Tensor) -> Tensor:
    """Return the hidden shots on the axes, [hidden, W]."""
    return batch.fused[mask] @ axes.T * math.sqrt(axes.shape[1])


def _let_values_through(block: Block, nearby: bool) -> None:
    """Let an attention layer read all shots alike, or near ones, as it began."""
    attention = block.attention
    attention.value.weight.copy_(torch.eye(len(attention.value.weight)))
    for layer in (attention.query, attention.key):
        layer.weight.mul_(0.1)
        if not nearby:
            layer.bias.zero_()


def _ridge(read: Tensor, missing: Tensor) -> Tensor:
    """Return [W, W]: the ridge regression from rows to rows, its strength by held-out error.

    It shrinks towards a multiple of the identity, which is to pass on what is read.
    """
    read, missing = read.double(), missing.double()
    share = (read * missing).sum() / read.square().sum().clamp(min=1e-12)
    missing = missing - share * read
    passed = share * torch.eye(read.shape[1], dtype=read.dtype)
    # Rows come by title: two halves of whole titles, but for the one in the middle.
    half = max(len(read) // 2, 1)
    errors = [
        sum(
            float((b - a @ _solve(other, other_missing, ridge)).square().sum())
            for a, b, other, other_missing in (
                (read[:half], missing[:half], read[half:], missing[half:]),
                (read[half:], missing[half:], read[:half], missing[:half]),
            )
        )
        for ridge in RIDGES
    ]
    best = RIDGES[int(np.argmin(errors))]
    if min(errors) >= float(missing.square().sum()):
        return passed.float()
    return (passed + _solve(read, missing, best)).float()


def _solve(read: Tensor, missing: Tensor, ridge: float) -> Tensor:
    gram = read.T @ read
    strength = ridge * gram.diagonal().mean().clamp(min=1e-12)
    eye = torch.eye(len(gram), dtype=gram.dtype)
    solved: Tensor = torch.linalg.solve(gram + strength * eye, read.T @ missing)
    return solved


def _axes(titles: Sequence[TitleSequence], mean: Tensor, noise: Tensor) -> Tensor:
    """Return [width, D]: the mean and the principal axes of the shots, in a random rotation.

    With more axes than the shots have dimensions, they lie in a random subspace of the width.
    The rotation spreads them over the heads; it is drawn from ``noise`` [width, D].
    """
    width, dim = noise.shape
    if width >= dim:
        rotation, _ = torch.linalg.qr(noise.double())
        found: Tensor = rotation.float()
        return found
    rotation, _ = torch.linalg.qr(noise[:, :width].double())
    rows = _every(titles, AXES_SHOTS)
    centred = torch.from_numpy(rows - rows.mean(axis=0)).double()
    _, vectors = torch.linalg.eigh(centred @ centred.T)
    principal = (centred.T @ vectors.flip(1)[:, :width]).T
    # Fewer shots than axes: random directions fill up the rest.
    directions = torch.cat([mean.double()[None], principal, noise.double()])
    basis, _ = torch.linalg.qr(directions[:dim].T)
    mixed: Tensor = (rotation @ basis[:, :width].T).float()
    return mixed


def _every(titles: Sequence[TitleSequence], most: int) -> Vectors:
    """Return at most ``most`` shots, evenly spread over the titles."""
    step = max(math.ceil(sum(map(len, titles)) / most), 1)
    picked, offset = [], 0
    for title in titles:
        picked.append(title.fused[-offset % step :: step])
        offset += len(title)
    return np.concatenate(picked)


def _choose(
    titles: Sequence[TitleSequence], max_shots: int, chance: torch.Generator
) -> list[TitleSequence]:
    """Return windows of titles in a random order, up to ``FITTED_SHOTS`` shots."""
    chosen: list[TitleSequence] = []
    shots = 0
    for index in torch.randperm(len(titles), generator=chance).tolist():
        window = titles[index].window(0, max_shots)
        if chosen and shots + len(window) > FITTED_SHOTS:
            break
        chosen.append(window)
        shots += len(window)
    return chosen
