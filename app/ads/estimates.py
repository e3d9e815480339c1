"""Estimates: the categories, tones and genres that a model gives a clip or title, with confidence.

None of them is a fact: what a catalogue, a sidecar or an editor says of a title is in its metadata.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from probes.tasks import ScoreKind


@dataclass(frozen=True)
class Estimate:
    """A class that a clip or title carries by a model's score.

    ``confidence`` is that score, 0 to 1. A trained probe's is calibrated on labels; a zero-shot one
    is the class's share among all classes of its task, which no labels have checked.
    """

    task: str
    name: str
    confidence: float
    kind: ScoreKind


def surest(estimates: Iterable[Estimate], least: float) -> Iterator[Estimate]:
    """Yield each class once, where it is surest, if its confidence is at least ``least``."""
    best: dict[tuple[str, str], Estimate] = {}
    for each in estimates:
        key = each.task, each.name
        if each.confidence >= least:
            best[key] = max(best.get(key, each), each, key=lambda one: one.confidence)
    yield from sorted(best.values(), key=lambda each: -each.confidence)


def of_task(estimates: Iterable[Estimate], task: str) -> Sequence[Estimate]:
    """Return the estimates of a task."""
    return [each for each in estimates if each.task == task]
