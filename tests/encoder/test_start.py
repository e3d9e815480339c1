from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
import torch

from encoder.batches import TitleSequence, mean_direction
from encoder.config import EncoderConfig, TrainingConfig
from encoder.evaluation import Prediction, evaluate
from encoder.model import Encoder, new_encoder
from encoder.start import start_at, start_linear
from encoder.training import fit

MakeTitle = Callable[..., TitleSequence]
TRAINING = TrainingConfig(start="linear")
STARTS: tuple[Literal["linear", "noise"], ...] = ("linear", "noise")


@pytest.fixture
def config(config: EncoderConfig) -> EncoderConfig:
    return replace(config, positions="rotary", width=16)


def themes(count: int, shots: int, seed: int) -> list[TitleSequence]:
    """Titles whose shots are their theme and noise: the mean of the others is the best guess."""
    rng = np.random.default_rng(seed)
    titles = []
    for i in range(count):
        rows = rng.standard_normal(24) + 0.7 * rng.standard_normal((shots, 24))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        titles.append(TitleSequence(str(i), rows.astype(np.float32), np.zeros(6, np.float32)))
    return titles


def judge(encoder: Encoder, train: list[TitleSequence], test: list[TitleSequence]) -> Prediction:
    return evaluate(encoder, test, mean_direction(train), TRAINING).overall


@pytest.mark.parametrize("width", [16, 24, 32])
def test_the_start_is_about_as_good_as_the_mean_of_the_visible_shots(
    config: EncoderConfig, width: int
) -> None:
    train, test = themes(200, 12, seed=0), themes(40, 12, seed=1)
    encoder = new_encoder(replace(config, width=width), seed=0)
    start_linear(encoder, train, TRAINING)
    found = judge(encoder, train, test)
    visible = []
    for title in test:
        rest = (title.fused.sum(axis=0, keepdims=True) - title.fused) / (len(title) - 1)
        rest /= np.linalg.norm(rest, axis=1, keepdims=True)
        visible += (rest * title.fused).sum(axis=1).tolist()
    best = float(np.mean(visible))
    # A narrower encoder keeps the principal axes alone: two thirds of what there is here.
    assert 1 - found.loss > (0.95 if width >= 24 else 0.7) * best


def test_training_is_ahead_from_there(config: EncoderConfig, make_title: MakeTitle) -> None:
    """Also where the neighbours tell more than the title as a whole."""
    train = [make_title(str(i), 60, seed=i) for i in range(20)]
    test = [make_title(str(i), 60, seed=100 + i) for i in range(5)]
    training = TrainingConfig(steps=40, batch_shots=256, learning_rate=5e-3, muon=False)
    linear, noise = (fit(train, config, replace(training, start=start)) for start in STARTS)
    assert judge(linear, train, test).gain > judge(noise, train, test).gain + 0.1


@pytest.mark.parametrize("shots", [1, 2, 5])
def test_the_smallest_catalogue_has_a_start(
    config: EncoderConfig, make_title: MakeTitle, shots: int
) -> None:
    encoder = new_encoder(config, seed=0)
    start_linear(encoder, [make_title("a", shots)], TRAINING)
    assert all(torch.isfinite(parameter).all() for parameter in encoder.parameters())


def test_the_start_depends_on_encoder_titles_and_seed_alone(config: EncoderConfig) -> None:
    titles = themes(30, 10, seed=0)
    first, again, other = (new_encoder(config, seed=seed) for seed in (0, 0, 1))
    for encoder in (first, again, other):
        start_linear(encoder, titles, TRAINING)
        torch.rand(3)
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name
    assert not torch.equal(first.project_in.weight, other.project_in.weight)


def test_noise_starts_at_the_mean(config: EncoderConfig) -> None:
    titles = themes(30, 10, seed=0)
    encoder = new_encoder(config, seed=0)
    start_at(encoder, torch.from_numpy(mean_direction(titles)))
    assert judge(encoder, titles, titles).gain == pytest.approx(0, abs=1e-5)
