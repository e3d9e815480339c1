"""Scores shots, clips or titles by the classes of each task.

A class is scored by a trained probe if one is in use for it, else by its prompts, else not at
all. A clip *carries* the classes of a multi-label task that score clearly high.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indexer.trained import ProbeInUse
from probes.probe import Blocks, Matrix, Probe
from probes.tasks import AD_RELEVANCY, GENRE, TONE, ZERO_SHOT, Task

FIELDS = {TONE: "tones", GENRE: "genres", AD_RELEVANCY: "ad_categories"}
USER_FIELD = "task_"
"""Before the name of a user's own task, so that no field of a point is hidden by it."""
SHIPPED = (*FIELDS, "clip-worthiness", "popularity")
CLIP_PREFIX = "clip_"
"""Before a field that a shot's point carries of its clip, so that clips are found by shots."""
ZERO_SHOT_FIELD = "zero_shot"
"""The carried classes, and the tasks with one class, that nobody's labels stand behind."""
VECTOR = "scores of "
"""Before the name of a task: the column with the scores of all its classes."""
SMOOTHED_AT_ONCE = 256
"""Shots smoothed at once: the weights of all pairs of a long film's shots take too much memory."""


@dataclass(frozen=True)
class Limit:
    """The most classes that a row carries, and how many times the mean of the other classes a
    zero-shot class must score to be carried: a threshold that works for four classes and for a
    hundred."""

    most: int
    sure: float


@dataclass(frozen=True, eq=False)
class Seen:
    """The inputs of probes for n rows: ``words`` [n, p + t] float32 in the space of the prompts,
    and the ``blocks`` that trained probes read."""

    words: Matrix
    blocks: Blocks


@dataclass(frozen=True, eq=False)
class TaskScores:
    """Scores [n] float32 in 0..1 of each class of a task that can be scored, in its order."""

    task: Task
    values: Mapping[str, Matrix]
    trained: ProbeInUse | None

    @property
    def scored_by(self) -> str:
        """The id of the trained probe, or "zero-shot"."""
        return self.trained.probe_id if self.trained else ZERO_SHOT

    def is_trained(self, name: str) -> bool:
        """Whether a class is scored by the trained probe."""
        return self.trained is not None and name in self.trained.classes

    def carried(self, row: int, limit: Limit) -> list[str]:
        """Return the classes that a row carries, trained ones first, then by score."""
        prompted = [name for name in self.values if not self.is_trained(name)]
        found = []
        for name, scores in self.values.items():
            score = float(scores[row])
            if self.trained is not None and self.is_trained(name):
                ratio, trained = score / max(self.trained.threshold(name), 1e-9), True
            else:
                others = (1.0 - score) / max(len(prompted) - 1, 1)
                ratio, trained = score / max(others, 1e-9) / limit.sure, False
            if ratio >= 1:
                found.append((not trained, -ratio, name))
        return [name for _, _, name in sorted(found, key=lambda each: each[:2])][: limit.most]


def field_of(task: str) -> str:
    """Return the payload field for a task's classes."""
    name = FIELDS.get(task, task.replace("-", "_"))
    return name if task in SHIPPED else USER_FIELD + name


def score_task(
    task: Task, seen: Seen, prompted: Probe | None, trained: ProbeInUse | None
) -> TaskScores | None:
    """Score rows by a task; None where it has neither prompts nor a trained probe."""
    found: dict[str, Matrix] = {}
    if prompted is not None:
        scores = prompted.scores(seen.words)
        found.update(zip(prompted.classes, scores.T, strict=True))
    if trained is not None:
        found.update(trained.scores(seen.blocks))
    if not found:
        return None
    return TaskScores(
        task, {name: found[name] for name in task.class_names if name in found}, trained
    )


def score_table(
    scored: Iterable[TaskScores], limits: Mapping[str, Limit], rows: int
) -> pl.DataFrame:
    """Return one row per shot or clip: a field per task, all its scores, ``ZERO_SHOT_FIELD``."""
    zero_shot: list[list[str]] = [[] for _ in range(rows)]
    columns: dict[str, pl.Series] = {}
    for scores in scored:
        task, field = scores.task, field_of(scores.task.name)
        if task.kind == "multi-label":
            carried = [scores.carried(row, limits[task.name]) for row in range(rows)]
            columns[field] = pl.Series(field, carried, dtype=pl.List(pl.String))
            for row, names in enumerate(carried):
                zero_shot[row] += [name for name in names if not scores.is_trained(name)]
            name = VECTOR + task.name
            vectors = np.stack(list(scores.values.values()), axis=1).tolist()
            columns[name] = pl.Series(name, vectors, dtype=pl.List(pl.Float32))
        else:
            ((name, values),) = scores.values.items()
            columns[field] = pl.Series(field, values, dtype=pl.Float32)
            if not scores.is_trained(name):
                for names in zero_shot:
                    names.append(task.name)
    columns[ZERO_SHOT_FIELD] = pl.Series(zero_shot, dtype=pl.List(pl.String))
    return pl.DataFrame(columns)


def smooth(
    values: Matrix, starts: NDArray[np.float64], ends: NDArray[np.float64], seconds: float
) -> Matrix:
    """Return [n, k] float32: k values of each shot, smoothed along a title by a Gaussian.

    Args:
        values: [n, k], a row a shot.
        starts: [n], in seconds.
        ends: [n], in seconds; a shot is weighted by its duration.
        seconds: the Gaussian's standard deviation.
    """
    middles = (starts + ends) / 2
    smoothed = np.empty(values.shape, np.float32)
    for start in range(0, len(values), SMOOTHED_AT_ONCE):
        rows = slice(start, start + SMOOTHED_AT_ONCE)
        distances = (middles[rows, None] - middles) / seconds
        weights = np.exp(-0.5 * distances**2) * (ends - starts)
        smoothed[rows] = weights @ values / weights.sum(axis=1, keepdims=True)
    return smoothed
