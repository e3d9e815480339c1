import pytest
import torch
from torch.optim import AdamW, Muon, Optimizer

from encoder.config import EncoderConfig, TrainingConfig
from encoder.model import new_encoder
from encoder.optimizers import Float32Muon, learning_rate, make_optimizers, write_state


@pytest.mark.parametrize("muon", [True, False])
def test_every_parameter_is_stepped_once(config: EncoderConfig, muon: bool) -> None:
    encoder = new_encoder(config, seed=0)
    optimizers = make_optimizers(encoder, TrainingConfig(muon=muon))
    stepped = [p for o in optimizers for group in o.param_groups for p in group["params"]]
    assert sorted(map(id, stepped)) == sorted(map(id, encoder.parameters()))
    assert isinstance(optimizers[0], AdamW)
    assert [isinstance(o, Muon) for o in optimizers[1:]] == ([True] if muon else [])


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


def test_muon_in_float32_steps_as_that_of_torch_does_in_bfloat16() -> None:
    torch.manual_seed(0)
    ours, theirs = ([torch.nn.Parameter(torch.ones(s)) for s in ((8, 32), (32, 8))] for _ in "ab")
    options = {"lr": 0.1, "weight_decay": 0.3, "adjust_lr_fn": "match_rms_adamw"}
    optimizers: list[Optimizer] = [Float32Muon(ours, **options), Muon(theirs, **options)]  # type: ignore[arg-type]
    for _ in range(3):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = other.grad = torch.randn(one.shape)
        for optimizer in optimizers:
            optimizer.step()
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=0.005, rtol=0)
        assert (one - 1).abs().mean() > 0.05
    assert write_state(optimizers[:1]).keys() == write_state(optimizers[1:]).keys()


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
