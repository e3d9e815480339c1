from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from probes.evaluation.measuring import evaluate_task
from probes.evaluation.records import Evaluation, Subject
from probes.probe import Matrix
from probes.settings import ProbeSettings
from probes.tasks import Task, TaskClass, TaskKind

MakeTask = Callable[..., Task]


@dataclass(frozen=True)
class Sample:
    """Rows of titles: what explains the labels, and the same behind noise.

    ``labels`` are of "dark" and "warm", which ``clear`` explains, of "rare", which four rows have,
    and of "absent", which nobody labelled; ``views`` differ by title, and by row as ``clear`` says.
    """

    clear: Matrix
    blurred: Matrix
    noise: Matrix
    labels: NDArray[np.float64]
    views: NDArray[np.float64]
    titles: Sequence[str]


def make_sample(titles: int = 24, clips: int = 20, seed: int = 0) -> Sample:
    random = np.random.default_rng(seed)
    names = [f"t{each:02}" for each in range(titles) for _ in range(clips)]
    clear, blur, noise = random.normal(size=(3, len(names), 8)).astype(np.float32)
    odds = 2 * clear[:, :4] - 1 + random.normal(size=(len(names), 4))
    labels = (odds > 0).astype(float)
    labels[:, 2] = 0
    labels[[0, 40, 80, 120], 2] = 1
    labels[:, 3] = np.nan
    levels = np.repeat(random.normal(size=titles), clips)
    views = np.exp(clear[:, 0] + 0.7 * random.normal(size=len(names)) + 4 * levels)
    return Sample(clear, (clear + 1.5 * blur), noise, labels, views[:, None], names)


def make_task(kind: str, *names: str) -> Task:
    classes = tuple(TaskClass(name, "", ()) for name in names)
    return Task("mood", cast(TaskKind, kind), "clip", "AP", classes, "")


@pytest.fixture(scope="session")
def sample() -> Sample:
    return make_sample()


@pytest.fixture(scope="session")
def task() -> MakeTask:
    return make_task


@pytest.fixture(scope="session")
def evaluation() -> Evaluation:
    """A task of each kind, one of them on a split of its own and with a choice of blocks, and one
    with ready scores."""
    sample = make_sample()
    representations = {"text": sample.blurred, "in context": sample.clear}
    random = np.random.default_rng(5)
    tone = evaluate_task(
        make_task("multi-label", "dark", "warm", "rare", "absent"),
        representations,
        sample.labels,
        sample.titles,
        scored={"zero-shot": random.random(sample.labels.shape)},
        settings=ProbeSettings(resamples=100),
    )
    worthy = evaluate_task(
        make_task("binary", "worthy"),
        representations,
        sample.labels[:, :1],
        sample.titles,
        choice=tuple(representations),
        held_out=np.array(sample.titles) >= "t14",
        settings=ProbeSettings(resamples=100),
    )
    views = evaluate_task(
        make_task("ranking", "views"),
        representations,
        sample.views,
        sample.titles,
        settings=ProbeSettings(folds=4, ranking_folds=4, resamples=100),
    )
    subject = Subject("lite", "ctx-1", "sha256:ab", 24, 480, 1920, "2026-11-24", 0)
    return Evaluation(subject, (tone, worthy, views))
