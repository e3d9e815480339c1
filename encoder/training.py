"""The training loop: titles in, a fitted encoder out, nothing else touched."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from encoder.batches import (
    Batch,
    TitleSequence,
    drop_modalities,
    endless_batches,
    mean_direction,
)
from encoder.config import EncoderConfig, TrainingConfig
from encoder.masking import draw_mask
from encoder.model import Encoder, new_encoder
from encoder.optimizers import learning_rate, make_optimizers


@dataclass(frozen=True)
class Step:
    """One step done: ``number`` of ``steps``, from 1, and its loss over hidden shots."""

    number: int
    steps: int
    loss: float
    learning_rate: float


def fit(
    titles: Sequence[TitleSequence],
    config: EncoderConfig,
    training: TrainingConfig,
    progress: Callable[[Step], None] | None = None,
    *,
    device: torch.device | str = "cpu",
) -> Encoder:
    """Train an encoder from scratch by masked shot modelling.

    On a CPU the weights are a function of titles, configs and the number of threads, to the
    bit; the order of ``titles`` does not matter, and torch's global generator is left as it
    was. A catalogue of single-shot titles has nothing to hide, and its encoder stays as it
    began, which still embeds.

    Raises:
        ValueError: no titles, two with one id, or embeddings that do not fit ``config``.
        RuntimeError: the gradient is not finite (the learning rate is too high).
    """
    ordered = sorted(titles, key=lambda title: title.title_id)
    _check(ordered, config, training)
    generator = torch.Generator().manual_seed(training.seed)
    encoder = new_encoder(config, training.seed).to(device)
    _start_at_mean(encoder, ordered)
    optimizers = make_optimizers(encoder, training)
    batches = endless_batches(ordered, config.max_shots, training.batch_shots, generator)
    for number in range(training.steps):
        rate = learning_rate(number, training)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        loss = msm_loss(encoder, next(batches), training, generator)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(encoder.parameters(), training.clip, error_if_nonfinite=True)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        if progress is not None:
            progress(Step(number + 1, training.steps, loss.item(), rate))
    return encoder


def msm_loss(
    encoder: Encoder, batch: Batch, training: TrainingConfig, generator: torch.Generator
) -> Tensor:
    """Hide shots of ``batch`` and return the loss of predicting them."""
    hidden = draw_mask(
        batch.candidates, training.mask_ratio, generator, span=training.mask_span
    ).to(encoder.device)
    batch = batch.to(encoder.device)
    seen = batch.fused
    if training.modality_dropout:
        seen = drop_modalities(
            seen, encoder.config.modalities, training.modality_dropout, generator
        )
    predicted = encoder(seen, batch.valid, batch.metadata, hidden)
    return encoder.loss(predicted, batch.fused[hidden], hidden[hidden])


def _start_at_mean(encoder: Encoder, titles: Sequence[TitleSequence]) -> None:
    """Let every prediction start as the mean of all shots, which training need not then find."""
    mean = torch.from_numpy(mean_direction(titles))
    with torch.no_grad():
        encoder.project_out.weight.zero_()
        # Of norm √D, as the encoder's inputs, so that its elements are about 1.
        encoder.project_out.bias.copy_(mean * math.sqrt(len(mean)))


def _check(
    titles: Sequence[TitleSequence], config: EncoderConfig, training: TrainingConfig
) -> None:
    if not titles:
        raise ValueError("no titles to fit an encoder to")
    for title, following in pairwise(titles):
        if title.title_id == following.title_id:
            raise ValueError(f"{title.title_id}: given twice")
    for title in titles:
        widths = (title.fused.shape[1], len(title.metadata))
        if widths != (config.fused_dim, config.metadata_dim):
            raise ValueError(
                f"{title.title_id}: embeddings of widths {widths}, but the encoder is for"
                f" {(config.fused_dim, config.metadata_dim)}: they are of another profile"
            )
    if training.modality_dropout and not config.modalities:
        raise ValueError("modality dropout needs the widths of the modalities in EncoderConfig")
