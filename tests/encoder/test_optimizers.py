import pytest
import torch
from torch.optim import AdamW, Muon

from encoder.config import EncoderConfig, TrainingConfig
from encoder.model import new_encoder
from encoder.optimizers import learning_rate, make_optimizers


@pytest.mark.parametrize("muon", [True, False])
def test_every_parameter_is_stepped_once(config: EncoderConfig, muon: bool) -> None:
    encoder = new_encoder(config, seed=0)
    optimizers = make_optimizers(encoder, TrainingConfig(muon=muon))
    stepped = [p for o in optimizers for group in o.param_groups for p in group["params"]]
    assert sorted(map(id, stepped)) == sorted(map(id, encoder.parameters()))
    assert [type(o) for o in optimizers] == ([AdamW, Muon] if muon else [AdamW])


def test_muon_has_the_matrices_inside_the_blocks_and_nothing_else(config: EncoderConfig) -> None:
    encoder = new_encoder(config, seed=0)
    _, muon = make_optimizers(encoder, TrainingConfig())
    names = {id(p): name for name, p in encoder.named_parameters()}
    taken = {names[id(p)] for group in muon.param_groups for p in group["params"]}
    layers = ("query", "key", "value", "out")
    assert taken == {
        f"blocks.{i}.{layer}.weight"
        for i in range(config.depth)
        for layer in (*(f"attention.{name}" for name in layers), "up", "down")
    }


def test_the_rate_rises_then_falls_to_nearly_nothing() -> None:
    training = TrainingConfig(steps=100, warmup=0.1, learning_rate=0.5)
    rates = [learning_rate(step, training) for step in range(100)]
    assert rates[9] == max(rates) == 0.5
    assert rates[:10] == pytest.approx(torch.linspace(0.05, 0.5, 10).tolist())
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert 0 < rates[-1] < 0.001


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("warmup", [0.0, 0.5, 1.0])
def test_a_very_short_training_has_a_rate(steps: int, warmup: float) -> None:
    training = TrainingConfig(steps=steps, warmup=warmup)
    assert all(learning_rate(step, training) > 0 for step in range(steps))
