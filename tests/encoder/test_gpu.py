from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from encoder.batches import TitleSequence
from encoder.config import EncoderConfig, TrainingConfig
from encoder.distributed import training_device
from encoder.evaluation import evaluate
from encoder.sampling import Position, Window
from encoder.shot_table import ShotTable
from encoder.training import Trainer, fit
from encoder.windows import embed_titles

MakeTitle = Callable[..., TitleSequence]

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
TRAINING = TrainingConfig(steps=40, batch_shots=64, learning_rate=5e-3)


@pytest.fixture
def titles(make_title: MakeTitle) -> list[TitleSequence]:
    return [make_title(f"film {i}", length, seed=i) for i, length in enumerate([30, 1, 45, 12])]


def test_a_gpu_is_used_without_being_asked_for() -> None:
    assert training_device().type == "cuda"


def test_shots_lie_on_the_gpu_and_batches_are_those_of_the_cpu(titles: list[TitleSequence]) -> None:
    table = ShotTable(titles, torch.device("cuda"))
    assert table._rows is not None
    assert table._rows.is_cuda
    windows = [Window(0, 2, 20), Window(1, 0, 1)]
    laid_out = ShotTable(titles, torch.device("cpu")).batch(windows)
    assert torch.equal(table.batch(windows).fused.cpu(), laid_out.fused)


@pytest.mark.parametrize("muon", [True, False])
def test_a_gpu_in_bf16_learns_what_a_cpu_does(
    titles: list[TitleSequence], config: EncoderConfig, muon: bool
) -> None:
    training = replace(TRAINING, muon=muon)
    mean = Trainer(titles, config, training).mean
    gains = [
        evaluate(fit(titles, config, training, device=device), titles, mean, training).overall.gain
        for device in ("cpu", "cuda")
    ]
    assert gains[0] > 0.1
    assert gains[1] == pytest.approx(gains[0], abs=0.05)


def test_a_run_on_a_gpu_goes_on_from_its_state(
    titles: list[TitleSequence], config: EncoderConfig
) -> None:
    whole, part = (Trainer(titles, config, TRAINING, device="cuda") for _ in range(2))
    for _ in range(6):
        whole.advance()
    for _ in range(3):
        part.advance()
    state = {name: tensor.cpu() for name, tensor in part.write_state().items()}
    resumed = Trainer(titles, config, TRAINING, device="cuda")
    resumed.read_state(state, 3, Position(part.position.epoch, part.position.batch))
    for _ in range(3):
        resumed.advance()
    for name, tensor in whole.encoder.state_dict().items():
        other = resumed.encoder.state_dict()[name]
        torch.testing.assert_close(tensor, other, rtol=2e-3, atol=2e-3, msg=name)


def test_titles_embed_as_on_a_cpu(titles: list[TitleSequence], config: EncoderConfig) -> None:
    encoder = fit(titles, config, TRAINING)
    expected = embed_titles(encoder, titles)
    found = embed_titles(encoder.to("cuda"), titles)
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one.states, other.states, atol=1e-3)
