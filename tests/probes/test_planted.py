"""Nothing leaks: checked on generated titles, whose labels are known to be in the embeddings."""

from dataclasses import replace

import numpy as np
import pytest

from bench.planted_data import Planted, generate, tasks
from bench.planted_titles import METADATA_DIM, MODALITIES, Plan
from encoder.config import catalogue, catalogue_training
from encoder.model import Encoder
from encoder.training import fit
from probes.metrics import Labels
from probes.probe import Matrix
from probes.representations import Representations
from probes.settings import ProbeSettings
from probes.tasks import Task
from probes.training import TrainedProbe, train_probe

PLAN = Plan(titles=40, least_shots=20, most_shots=30, named=1.0)
TASKS = {task.name: task for task in tasks()}


@pytest.fixture(scope="module")
def planted() -> Planted:
    return generate(PLAN)


@pytest.fixture(scope="module")
def encoder(planted: Planted) -> Encoder:
    config = replace(catalogue(MODALITIES, METADATA_DIM), width=32, depth=2)
    training = replace(catalogue_training(0), steps=40, start="noise", learning_rate=2e-3)
    return fit(planted.sequences, config, training)


def representations(encoder: Encoder, planted: Planted) -> Representations:
    titles = {title.title_id: title for title in planted.sequences}
    return Representations(encoder, titles, planted.items)


@pytest.fixture(scope="module")
def fused(planted: Planted, encoder: Encoder) -> Matrix:
    return representations(encoder, planted).fused()


def train(
    task: Task, rows: Matrix, labels: Labels, planted: Planted, strength: float = 100.0
) -> TrainedProbe:
    return train_probe(
        task,
        {"fused": rows},
        labels,
        planted.item_titles,
        settings=ProbeSettings(strengths=(strength,), folds=4, ranking_folds=4, resamples=100),
    )


@pytest.mark.parametrize("name", ["tone", "clip-worthiness", "popularity"])
def test_true_labels_are_learned_and_shuffled_ones_give_chance(
    name: str, planted: Planted, fused: Matrix
) -> None:
    """Tone is multi-label, clip-worthiness binary, popularity a ranking."""
    labels = planted.labels[name]
    true = train(TASKS[name], fused, labels, planted).measures[0]
    assert true.interval.low > true.chance
    rng = np.random.default_rng(1)
    found = [
        train(TASKS[name], fused, rng.permutation(labels), planted).measures[0].interval.value
        for _ in range(5)
    ]
    assert abs(np.mean(found) - true.chance) < 0.05
    assert max(found) < true.interval.low


@pytest.mark.parametrize("name", list(TASKS))
def test_titles_never_straddle_folds(name: str, planted: Planted, fused: Matrix) -> None:
    found = train(TASKS[name], fused, planted.labels[name], planted)
    names = np.array(planted.item_titles)[found.rows]
    assert len(np.unique(found.folds)) > 2
    for title in np.unique(names):
        assert len(np.unique(found.folds[names == title])) == 1


def test_a_genre_in_the_synopsis_changes_nothing_without_global(
    planted: Planted, encoder: Encoder
) -> None:
    told = representations(encoder, planted)
    untold = representations(encoder, planted.without_words())
    for quiet in ("without_global", "clip_only", "fused"):
        assert np.array_equal(getattr(told, quiet)(), getattr(untold, quiet)())
    assert not np.allclose(told.in_context(), untold.in_context())
