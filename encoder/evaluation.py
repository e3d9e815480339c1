"""Measures how well an encoder predicts hidden shots, compared with baselines without one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from encoder.baselines import Flags, copy_nearest, interpolate
from encoder.batches import TitleSequence, Vectors, collate, pack
from encoder.chance import generator
from encoder.config import TEXT, TrainingConfig
from encoder.masking import draw_mask
from encoder.model import Encoder

EVALUATED_SHOTS = 8192
"""Positions in one forward pass."""


@dataclass(frozen=True)
class Prediction:
    """How ``shots`` hidden shots were predicted; losses are mean cosine distances.

    Raw cosines are high for free, since all embeddings of a backbone share a direction:
    ``gain`` is (cos − cos_mean) / (1 − cos_mean), 0 for the global mean and 1 for perfection.
    Adjacent shots are near-copies, hence the two baselines that look at the neighbours.
    """

    shots: int
    loss: float
    mean_loss: float
    """Of the mean of the titles the encoder was fitted to."""
    interpolated_loss: float
    """Of the nearest visible shots on both sides, weighted by nearness."""
    nearest_loss: float
    """Of a copy of the nearest visible shot, the earlier of two as near."""
    gain: float
    top1: float
    """Share of hidden shots that their prediction is nearest to, among all of their title."""
    mrr: float
    """Mean reciprocal rank of the hidden shot among all of its title."""
    chance_top1: float


@dataclass(frozen=True)
class FitReport:
    """How hidden shots were predicted: ``overall``, and those with and without text apart.

    ``modalities`` is the mean cosine of the predicted and the true embedding of each modality,
    over the hidden shots that have it. All but ``overall`` need to know where in the fused
    embedding the modalities lie.
    """

    overall: Prediction
    with_text: Prediction | None
    without_text: Prediction | None
    modalities: Mapping[str, float]

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the report that ``dataclasses.asdict`` made a record of.

        Raises:
            KeyError, TypeError: the record is of another version.
        """
        parts = {
            name: None if record[name] is None else Prediction(**record[name])
            for name in ("with_text", "without_text")
        }
        overall = Prediction(**record["overall"])
        return cls(overall=overall, modalities=dict(record["modalities"]), **parts)


def evaluate(
    encoder: Encoder,
    titles: Sequence[TitleSequence],
    mean: Vectors,
    training: TrainingConfig,
    *,
    most: int | None = None,
) -> FitReport:
    """Hide shots of ``titles`` as in training and measure how well they are predicted.

    A title longer than the encoder's window is judged by its middle. The report does not
    depend on the order of the titles, and the same shots are hidden every time.

    Args:
        mean: [D], ``mean_direction`` of the titles that the encoder was fitted to.
        most: if there are more titles, a random sample of this size is measured, to limit the time.
    """
    chance = generator(training.seed, "evaluation")
    ordered = sorted(titles, key=lambda title: title.title_id)
    if most is not None and most < len(ordered):
        chosen = torch.randperm(len(ordered), generator=chance)[:most].sort().values
        ordered = [ordered[i] for i in chosen.tolist()]
    windows = sorted((_middle(t, encoder.config.max_shots) for t in ordered), key=len)
    rows = [
        row
        for group in pack(windows, len, EVALUATED_SHOTS)
        for row in _judge_group(encoder, group, mean, training, chance)
    ]
    return _summarise({name: np.concatenate([row[name] for row in rows]) for name in rows[0]})


Columns = dict[str, NDArray[np.float32]]
"""One value for each hidden shot; names of modalities begin with ``MODALITY``."""
MODALITY = "modality."


def _judge_group(
    encoder: Encoder,
    titles: Sequence[TitleSequence],
    mean: Vectors,
    training: TrainingConfig,
    chance: torch.Generator,
) -> Iterator[Columns]:
    batch = collate(titles)
    mask = draw_mask(batch.candidates, training.mask_ratio, chance, span=training.mask_span)
    device = encoder.device
    with torch.inference_mode():
        moved = batch.to(device)
        predicted = encoder(moved.fused, moved.valid, moved.metadata, mask.to(device))
    counts = mask.sum(dim=1).tolist()
    predictions = predicted.float().cpu().split(counts)
    for title, hidden, prediction in zip(titles, mask, predictions, strict=True):
        own: Flags = hidden[: len(title)].numpy()
        yield _judge(title.fused, own, prediction.numpy(), mean, encoder.config.modalities)


def _judge(
    fused: Vectors,
    hidden: Flags,
    predicted: Vectors,
    mean: Vectors,
    modalities: Sequence[tuple[str, int]],
) -> Columns:
    """Return the measurements of each hidden shot [h] of one title."""
    truth = fused[hidden]
    columns = {
        "loss": 1 - _cosine(predicted, truth),
        "mean_loss": 1 - _cosine(np.broadcast_to(mean, truth.shape), truth),
        "interpolated_loss": 1 - _cosine(interpolate(fused, hidden), truth),
        "nearest_loss": 1 - _cosine(copy_nearest(fused, hidden), truth),
    }
    shots = _unit(fused[fused.any(axis=1)])
    nearness = _unit(predicted) @ shots.T
    own = (_unit(predicted) * _unit(truth)).sum(axis=1, keepdims=True)
    # The shot itself is among them: equal up to half of the products' possible difference.
    columns["rank"] = 1 + (nearness > own + 1e-6).sum(axis=1).astype(np.float32)
    columns["choices"] = np.full(len(truth), len(shots), np.float32)
    start = 0
    for name, width in modalities:
        part = slice(start, start + width)
        cosine = _cosine(predicted[:, part], truth[:, part])
        columns[MODALITY + name] = np.where(truth[:, part].any(axis=1), cosine, np.nan)
        start += width
    return columns


def _summarise(columns: Columns) -> FitReport:
    everything = np.ones(len(columns["loss"]), np.bool_)
    modalities = {
        name.removeprefix(MODALITY): float(np.nanmean(values))
        for name, values in columns.items()
        if name.startswith(MODALITY) and np.isfinite(values).any()
    }
    text = columns.get(MODALITY + TEXT)
    spoken = None if text is None else np.isfinite(text)
    return FitReport(
        overall=_mean_of(columns, everything),
        with_text=None if spoken is None else _mean_of(columns, spoken),
        without_text=None if spoken is None else _mean_of(columns, ~spoken),
        modalities=modalities,
    )


def _mean_of(columns: Columns, chosen: Flags) -> Prediction:
    if not chosen.any():
        return Prediction(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def mean(values: NDArray[np.floating]) -> float:
        return float(values[chosen].mean(dtype=np.float64))

    loss, mean_loss = mean(columns["loss"]), mean(columns["mean_loss"])
    return Prediction(
        shots=int(chosen.sum()),
        loss=loss,
        mean_loss=mean_loss,
        interpolated_loss=mean(columns["interpolated_loss"]),
        nearest_loss=mean(columns["nearest_loss"]),
        gain=(mean_loss - loss) / mean_loss if mean_loss > 1e-6 else 0.0,
        top1=mean((columns["rank"] == 1).astype(np.float32)),
        mrr=mean(1 / columns["rank"]),
        chance_top1=mean(1 / columns["choices"]),
    )


def _middle(title: TitleSequence, max_shots: int) -> TitleSequence:
    return title.window(max(len(title) - max_shots, 0) // 2, max_shots)


def _cosine(guess: Vectors, truth: Vectors) -> Vectors:
    cosine: Vectors = (_unit(guess) * _unit(truth)).sum(axis=1)
    return cosine


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit
