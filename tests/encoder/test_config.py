import math

import pytest
import torch

from encoder.config import PRESETS, EncoderConfig, TrainingConfig, catalogue_training
from encoder.model import Encoder


def test_configs_survive_json() -> None:
    config = EncoderConfig(
        24, 6, width=16, depth=2, heads=2, modalities=(("video", 10), ("text", 14))
    )
    training = TrainingConfig(steps=7, mask_span=3, muon=False)
    assert EncoderConfig.from_json(config.to_json()) == config
    assert TrainingConfig.from_json(training.to_json()) == training


def test_a_config_written_before_a_field_existed_takes_its_default() -> None:
    assert TrainingConfig.from_json('{"steps": 5}') == TrainingConfig(steps=5)


def test_a_name_of_a_later_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown names.*warp"):
        TrainingConfig.from_json('{"warp": 5}')
    with pytest.raises(ValueError, match="JSON object"):
        TrainingConfig.from_json("[1]")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"depth": 0}, "at least 1"),
        ({"heads": 3}, "multiple of heads"),
        ({"modalities": (("video", 1), ("text", 2))}, "add up"),
    ],
)
def test_an_impossible_shape_is_refused(change: dict[str, int], message: str) -> None:
    shape = {"fused_dim": 24, "metadata_dim": 6, "width": 16, "depth": 2, "heads": 2}
    with pytest.raises(ValueError, match=message):
        EncoderConfig(**(shape | change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        *({"steps": 0}, {"mask_ratio": 1.0}, {"warmup": 2}, {"learning_rate": 0}),
        *({"weight_decay": -1}, {"learning_rate": math.nan}, {"clip": math.inf}),
        *({"weight_decay": math.nan}, {"mask_ratio": math.nan}, {"modality_dropout": math.nan}),
    ],
)
def test_an_impossible_training_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        TrainingConfig(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "millions"), [("tiny", 5), ("small", 30), ("base", 110)])
@pytest.mark.parametrize("fused_dim", [2048, 2304])
def test_presets_have_about_the_promised_size(name: str, millions: int, fused_dim: int) -> None:
    with torch.device("meta"):
        encoder = Encoder(PRESETS[name]((("video", 1280), ("text", fused_dim - 1280)), 384))
    assert sum(p.numel() for p in encoder.parameters()) == pytest.approx(millions * 1e6, rel=0.15)


def test_the_training_of_a_catalogue_grows_with_it_up_to_a_limit() -> None:
    steps = [catalogue_training(shots).steps for shots in (1, 300, 10_000, 10_000_000)]
    assert steps == sorted(steps)
    assert steps[1] < steps[2] < steps[3] == catalogue_training(10**9).steps
