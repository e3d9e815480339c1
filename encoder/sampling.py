"""The order of training data: epochs of batches, the same on every process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from encoder.batches import pack
from encoder.chance import generator

POOL = 16
"""Batches whose windows are sorted by length together: less padding, and still much chance."""

ALIKE = 0.7
"""Share of the longest window's length that a window has at least, to be padded to that length."""


@dataclass(frozen=True)
class Window:
    """``shots`` consecutive shots, from ``start``, of the title at index ``title``."""

    title: int
    start: int
    shots: int


@dataclass(frozen=True)
class Position:
    """The next batch: its number within its epoch."""

    epoch: int = 0
    batch: int = 0


def plan_epoch(
    lengths: Sequence[int], max_shots: int, batch_shots: int, seed: int, epoch: int
) -> list[list[Window]]:
    """Return the batches of one epoch, in which every shot occurs once.

    Windows of similar length share a batch. A batch has at most ``batch_shots``
    positions, padding included, but at least one window.

    Args:
        lengths: shots of each title. One longer than ``max_shots`` is cut into windows of that
            length, from another place in each epoch.
        max_shots: shots in a window, at most.
        batch_shots: size of a batch.
        seed: of the training.
        epoch: from 0; each has an order of its own.
    """
    chance = generator(seed, "order", epoch)
    windows = [
        window
        for title, length in enumerate(lengths)
        for window in _windows(title, length, max_shots, chance)
    ]
    order = torch.randperm(len(windows), generator=chance).tolist()
    pool = max(POOL * batch_shots * len(windows) // max(sum(lengths), 1), 1)
    batches: list[list[Window]] = []
    for first in range(0, len(order), pool):
        own = sorted((windows[i] for i in order[first : first + pool]), key=lambda w: w.shots)
        batches += pack(own, lambda window: window.shots, batch_shots)
    return [batches[i] for i in torch.randperm(len(batches), generator=chance).tolist()]


def endless_plan(
    lengths: Sequence[int], max_shots: int, batch_shots: int, seed: int, begin: Position
) -> Iterator[tuple[list[Window], Position]]:
    """Yield batches for ever from ``begin`` on, each with the position after it."""
    position = begin
    while True:
        batches = plan_epoch(lengths, max_shots, batch_shots, seed, position.epoch)
        for number in range(position.batch, len(batches)):
            last = number + 1 == len(batches)
            position = (
                Position(position.epoch + 1) if last else Position(position.epoch, number + 1)
            )
            yield batches[number], position


def alike(lengths: Sequence[int]) -> list[slice]:
    """Cut a batch into parts whose shortest is at least ``ALIKE`` of its longest.

    Each padded by itself, they hold less padding than the batch: a CPU computes what it is padded
    with at full cost, and wins more by that than a few small products cost it.

    Args:
        lengths: of the windows of a batch, in order of length.
    """
    cuts = [0]
    for place, length in enumerate(lengths):
        if lengths[cuts[-1]] < ALIKE * length:
            cuts.append(place)
    return [slice(start, end) for start, end in pairwise([*cuts, len(lengths)])]


def _windows(title: int, length: int, max_shots: int, chance: torch.Generator) -> Iterator[Window]:
    """Cut a title at every multiple of ``max_shots`` from a random phase on."""
    if length <= max_shots:
        yield Window(title, 0, length)
        return
    phase = int(torch.randint(max_shots, (), generator=chance))
    cuts = [0, *range(phase or max_shots, length, max_shots), length]
    for start, end in pairwise(cuts):
        yield Window(title, start, end - start)
