"""Titles as sequences of shots, and their batches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Vectors = NDArray[np.float32]
T = TypeVar("T")


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

    ``fused`` [B, L, D] float32, zeros in padding; ``valid`` [B, L] bool, True for shots, or None
    where all titles are equally long and nothing is padding; ``metadata`` [B, M] float32.
    """

    fused: Tensor
    valid: Tensor | None
    metadata: Tensor

    @property
    def candidates(self) -> Tensor:
        """The shots that may be hidden, [B, L] bool: a row of zeros holds nothing to predict."""
        return self.fused.any(dim=-1)

    def to(self, device: torch.device) -> "Batch":
        """Return the same batch on ``device``."""
        valid = None if self.valid is None else self.valid.to(device)
        return Batch(self.fused.to(device), valid, self.metadata.to(device))


def collate(titles: Sequence[TitleSequence]) -> Batch:
    """Pad titles to the longest of them.

    Raises:
        ValueError: naming a title whose embeddings have another width than the first one's.
    """
    first = titles[0]
    width, metadata_width = first.fused.shape[1], len(first.metadata)
    fused = torch.zeros(len(titles), max(map(len, titles)), width)
    metadata = torch.zeros(len(titles), metadata_width)
    for row, title in enumerate(titles):
        if title.fused.shape[1] != width or len(title.metadata) != metadata_width:
            raise ValueError(f"{title.title_id}: its embeddings are of another profile")
        fused[row, : len(title)] = torch.tensor(title.fused)
        metadata[row] = torch.tensor(title.metadata)
    return Batch(fused, valid_shots([len(title) for title in titles]), metadata)


def valid_shots(lengths: Sequence[int]) -> Tensor | None:
    """Return which positions of a padded batch are shots, [B, L] bool; None where all are."""
    longest = max(lengths)
    if min(lengths) == longest:
        return None
    return torch.arange(longest) < torch.tensor(lengths)[:, None]


def pack(items: Iterable[T], shots: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """Cut items, shortest first, into batches of at most ``most`` positions, padding included.

    A batch has at least one item. ``shots`` returns the length of an item.
    """
    chosen: list[T] = []
    for item in items:
        if chosen and (len(chosen) + 1) * shots(item) > most:
            yield chosen
            chosen = []
        chosen.append(item)
    if chosen:
        yield chosen


def mean_direction(titles: Sequence[TitleSequence]) -> Vectors:
    """Return the mean of all shots of all titles at unit norm, [D] float32."""
    total = np.sum([title.fused.sum(axis=0, dtype=np.float64) for title in titles], axis=0)
    mean: Vectors = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    return mean


def draw_dropped(titles: int, modalities: int, chance: float, generator: torch.Generator) -> Tensor:
    """Choose the modality to drop from each title, [titles] int64; -1 keeps all.

    Args:
        titles: how many titles there are.
        modalities: how many modalities there are, each as likely to be lost.
        chance: the probability that a title loses one.
        generator: of random numbers, on the CPU.
    """
    dropped = torch.rand(titles, generator=generator) < chance
    lost = torch.randint(modalities, (titles,), generator=generator)
    return torch.where(dropped, lost, -1)


def drop_modalities(fused: Tensor, widths: Sequence[int], dropped: Tensor) -> Tensor:
    """Zero one modality of some titles, as if the film were silent, mute or black.

    Args:
        fused: [B, L, D] with rows of unit norm; what is left of a row is of unit norm again.
        widths: of the modalities inside a row.
        dropped: [B] int64, the modality that each title loses, or -1.
    """
    parts = torch.repeat_interleave(torch.arange(len(widths)), torch.tensor(widths))
    gone = (parts == dropped[:, None]).to(fused.device)
    rest = torch.nn.functional.normalize(fused.masked_fill(gone[:, None], 0), dim=-1)
    return torch.where(gone.any(dim=1)[:, None, None], rest, fused)
