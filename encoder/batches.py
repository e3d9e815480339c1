"""Titles as sequences of shots, and their batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TitleSequence:
    """One title's shots in order: ``fused`` [n, D] float32, ``metadata`` [M] float32.

    Rows are of unit norm, or zeros where there is nothing (no modality, no metadata).

    Raises:
        ValueError: naming the title: no shots, a wrong number of axes, NaN or infinity.
    """

    title_id: str
    fused: Vectors
    metadata: Vectors

    def __post_init__(self) -> None:
        if self.fused.ndim != 2 or not len(self.fused) or self.metadata.ndim != 1:
            raise ValueError(
                f"{self.title_id}: fused embeddings {self.fused.shape} and metadata"
                f" {self.metadata.shape} must have shapes [shots, width] and [width]"
            )
        bad = np.flatnonzero(~np.isfinite(self.fused).all(axis=1))
        if len(bad):
            raise ValueError(f"{self.title_id}: NaN or infinity in the embedding of shot {bad[0]}")
        if not np.isfinite(self.metadata).all():
            raise ValueError(f"{self.title_id}: NaN or infinity in the metadata embedding")

    def __len__(self) -> int:
        return len(self.fused)

    def window(self, start: int, length: int) -> "TitleSequence":
        """Return ``length`` shots from ``start`` on, or as many as there are."""
        return TitleSequence(self.title_id, self.fused[start : start + length], self.metadata)


@dataclass(frozen=True)
class Batch:
    """B titles padded to the longest, L shots.

    ``fused`` [B, L, D] float32, zeros in padding; ``valid`` [B, L] bool, True for shots;
    ``metadata`` [B, M] float32.
    """

    fused: Tensor
    valid: Tensor
    metadata: Tensor

    @property
    def candidates(self) -> Tensor:
        """The shots that may be hidden, [B, L] bool: a row of zeros holds nothing to predict."""
        return self.fused.any(dim=-1)

    def to(self, device: torch.device) -> "Batch":
        """Return the same batch on ``device``."""
        return Batch(self.fused.to(device), self.valid.to(device), self.metadata.to(device))


def collate(titles: Sequence[TitleSequence]) -> Batch:
    """Pad titles to the longest of them.

    Raises:
        ValueError: naming a title whose embeddings have another width than the first one's.
    """
    first = titles[0]
    width, metadata_width = first.fused.shape[1], len(first.metadata)
    fused = torch.zeros(len(titles), max(map(len, titles)), width)
    valid = torch.zeros(fused.shape[:2], dtype=torch.bool)
    metadata = torch.zeros(len(titles), metadata_width)
    for row, title in enumerate(titles):
        if title.fused.shape[1] != width or len(title.metadata) != metadata_width:
            raise ValueError(f"{title.title_id}: its embeddings are of another profile")
        fused[row, : len(title)] = torch.tensor(title.fused)
        valid[row, : len(title)] = True
        metadata[row] = torch.tensor(title.metadata)
    return Batch(fused, valid, metadata)


def endless_batches(
    titles: Sequence[TitleSequence],
    max_shots: int,
    batch_shots: int,
    generator: torch.Generator,
) -> Iterator[Batch]:
    """Yield batches for ever; every title is seen once before any is seen again.

    A title longer than ``max_shots`` gives one random window of that length each time. A batch
    has at most ``batch_shots`` positions, padding included, but at least one title.
    """
    chosen: list[TitleSequence] = []
    while True:
        for index in torch.randperm(len(titles), generator=generator).tolist():
            title = _random_window(titles[index], max_shots, generator)
            longest = max(map(len, [*chosen, title]))
            if chosen and (len(chosen) + 1) * longest > batch_shots:
                yield collate(chosen)
                chosen = []
            chosen.append(title)
        if chosen:
            yield collate(chosen)
            chosen = []


def mean_direction(titles: Sequence[TitleSequence]) -> Vectors:
    """Return the mean of all shots of all titles at unit norm, [D] float32."""
    total = np.sum([title.fused.sum(axis=0, dtype=np.float64) for title in titles], axis=0)
    mean: Vectors = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    return mean


def drop_modalities(
    fused: Tensor, modalities: Sequence[int], chance: float, generator: torch.Generator
) -> Tensor:
    """Zero one modality of some titles, as if the film were silent, mute or black.

    Args:
        fused: [B, L, D] with rows of unit norm; what is left of a row is of unit norm again.
        modalities: widths of the parts of a row.
        chance: with which a title loses one modality, each as likely.
        generator: where chance comes from, on the CPU.
    """
    dropped = torch.rand(len(fused), generator=generator) < chance
    lost = torch.randint(len(modalities), (len(fused),), generator=generator)
    parts = torch.repeat_interleave(torch.arange(len(modalities)), torch.tensor(modalities))
    gone = dropped[:, None] & (parts == lost[:, None])
    rest = fused.masked_fill(gone[:, None].to(fused.device), 0)
    return torch.where(
        dropped[:, None, None].to(fused.device), torch.nn.functional.normalize(rest, dim=-1), fused
    )


def _random_window(
    title: TitleSequence, max_shots: int, generator: torch.Generator
) -> TitleSequence:
    if len(title) <= max_shots:
        return title
    start = int(torch.randint(len(title) - max_shots + 1, (), generator=generator))
    return title.window(start, max_shots)
