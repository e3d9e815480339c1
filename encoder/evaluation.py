"""How well an encoder predicts hidden shots, beside what needs no encoder at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from encoder.batches import TitleSequence, Vectors, collate
from encoder.config import TrainingConfig
from encoder.masking import draw_mask
from encoder.model import Encoder

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class FitReport:
    """Mean cosine distances over ``hidden_shots`` hidden shots: the encoder's and baselines'.

    Raw cosines are high for free, since all embeddings of a backbone share a direction:
    ``gain`` is (cos − cos_mean) / (1 − cos_mean), 0 for the global mean and 1 for perfection.
    Adjacent shots are near-copies, hence the two baselines that look at the neighbours.
    """

    hidden_shots: int
    loss: float
    mean_loss: float
    """Of the mean of the titles the encoder was fitted to."""
    interpolated_loss: float
    """Of the nearest visible shots on both sides, weighted by nearness."""
    nearest_loss: float
    """Of a copy of the nearest visible shot, the earlier of two as near."""
    gain: float


def evaluate(
    encoder: Encoder,
    titles: Sequence[TitleSequence],
    mean: Vectors,
    training: TrainingConfig,
    *,
    windows: int = 32,
) -> FitReport:
    """Hide shots of ``titles`` as in training and measure how well they are predicted.

    A title longer than the encoder's window is judged by its middle. Of more titles than
    ``windows`` a random choice is judged, which bounds the time.

    Args:
        mean: [D], ``mean_direction`` of the titles that the encoder was fitted to.
    """
    generator = torch.Generator().manual_seed(training.seed)
    ordered = sorted(titles, key=lambda title: title.title_id)
    chosen = torch.randperm(len(ordered), generator=generator)[:windows].sort().values
    distances = [
        _distances(
            encoder, _middle(ordered[i], encoder.config.max_shots), mean, training, generator
        )
        for i in chosen.tolist()
    ]
    columns = np.concatenate(distances)
    if not len(columns):
        return FitReport(0, 0.0, 0.0, 0.0, 0.0, 0.0)
    loss, mean_loss, interpolated, nearest = columns.mean(axis=0).tolist()
    gain = (mean_loss - loss) / mean_loss if mean_loss > 1e-6 else 0.0
    return FitReport(len(columns), loss, mean_loss, interpolated, nearest, gain)


def interpolate(fused: Vectors, hidden: Flags) -> Vectors:
    """Predict the hidden rows of ``fused`` [n, D] from the visible ones on both sides: [h, D].

    The two are weighted by nearness; where one side has none, the other is copied. At least
    one row must be visible.
    """
    visible, wanted = np.flatnonzero(~hidden), np.flatnonzero(hidden)
    after = np.searchsorted(visible, wanted)
    left = visible[np.maximum(after - 1, 0)]
    right = visible[np.minimum(after, len(visible) - 1)]
    share = (wanted - left) / np.maximum(right - left, 1)
    weight = np.where(left == right, 0, share)[:, None].astype(np.float32)
    blended: Vectors = fused[left] * (1 - weight) + fused[right] * weight
    return blended


def copy_nearest(fused: Vectors, hidden: Flags) -> Vectors:
    """Predict the hidden rows of ``fused`` [n, D] as the nearest visible row: [h, D]."""
    visible, wanted = np.flatnonzero(~hidden), np.flatnonzero(hidden)
    nearest: Vectors = fused[visible[np.abs(visible - wanted[:, None]).argmin(axis=1)]]
    return nearest


def _distances(
    encoder: Encoder,
    title: TitleSequence,
    mean: Vectors,
    training: TrainingConfig,
    generator: torch.Generator,
) -> Vectors:
    """Return cosine distances [h, 4] of one title: encoder, mean, interpolated, nearest."""
    batch = collate([title])
    mask = draw_mask(batch.candidates, training.mask_ratio, generator, span=training.mask_span)
    device = encoder.device
    with torch.inference_mode():
        on_device = batch.to(device)
        predicted = encoder(on_device.fused, on_device.valid, on_device.metadata, mask.to(device))
    hidden = mask[0].numpy()
    guesses = (
        predicted.float().cpu().numpy(),
        np.broadcast_to(mean, predicted.shape),
        interpolate(title.fused, hidden),
        copy_nearest(title.fused, hidden),
    )
    target = _unit(title.fused[hidden])
    return np.stack([1 - (_unit(guess) * target).sum(axis=1) for guess in guesses], axis=1)


def _middle(title: TitleSequence, max_shots: int) -> TitleSequence:
    return title.window(max(len(title) - max_shots, 0) // 2, max_shots)


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit
