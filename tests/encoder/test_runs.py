import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from encoder.batches import TitleSequence, mean_direction
from encoder.checkpoints import load_checkpoint
from encoder.config import EncoderConfig, TrainingConfig
from encoder.data import TrainingData
from encoder.evaluation import FitReport, evaluate
from encoder.metrics import read_metrics
from encoder.recipes import RECIPES
from encoder.run_state import RunError
from encoder.runs import Run, checkpoint_of
from encoder.stored import CheckpointError
from encoder.training import Step, fit

MakeTitle = Callable[..., TitleSequence]

TRAINING = TrainingConfig(
    steps=50, batch_shots=48, learning_rate=5e-3, validate_every=10, modality_dropout=0.3
)


class StoppedError(Exception):
    """As if the process had been killed."""


@dataclass
class Listener:
    """Notes what it is told, and stops the run at a step if asked to."""

    stop_at: int = 0
    steps: list[Step] = field(default_factory=list)
    validations: list[tuple[int, FitReport, bool]] = field(default_factory=list)

    def stepped(self, step: Step, shots_per_second: float) -> None:
        assert shots_per_second > 0
        self.steps.append(step)
        if step.number == self.stop_at:
            raise StoppedError

    def validated(self, step: int, report: FitReport, best: bool) -> None:
        self.validations.append((step, report, best))


@pytest.fixture
def data(make_title: MakeTitle) -> TrainingData:
    titles = [make_title(f"film {i}", n, seed=i) for i, n in enumerate([30, 1, 45, 12, 90, 20])]
    return TrainingData(titles[:4], titles[4:], "lite")


@pytest.fixture
def config(config: EncoderConfig) -> EncoderConfig:
    return replace(config, max_shots=32, modalities=(("video", 10), ("text", 14)))


def weights(folder: Path) -> bytes:
    return (folder / "checkpoint" / "model.safetensors").read_bytes()


@pytest.mark.parametrize("muon", [True, False])
@pytest.mark.parametrize("stops", [(3,), (10,), (11, 27, 49), (50,)])
def test_a_resumed_run_ends_with_the_same_bits(
    data: TrainingData, config: EncoderConfig, tmp_path: Path, muon: bool, stops: tuple[int, ...]
) -> None:
    training = replace(TRAINING, muon=muon)
    Run(tmp_path / "whole", data, config, training).train(Listener())
    for stop in stops:
        run = Run(tmp_path / "torn", data, config, training)
        with pytest.raises(StoppedError):
            run.train(Listener(stop_at=stop))
    last = Run(tmp_path / "torn", data, config, training)
    assert last.step == stops[-1] // 10 * 10 - (10 if stops[-1] % 10 == 0 else 0)
    last.train(Listener())
    assert weights(tmp_path / "torn") == weights(tmp_path / "whole")
    for name in ("training.csv", "validation.csv"):
        whole, torn = (read_metrics(tmp_path / run / name) for run in ("whole", "torn"))
        assert [strip(row) for row in whole] == [strip(row) for row in torn]
    assert sorted(path.name for path in (tmp_path / "torn").iterdir()) == [
        "checkpoint",
        "run.json",
        "training.csv",
        "validation.csv",
    ]


@pytest.mark.parametrize("name", RECIPES)
def test_a_run_by_a_recipe_learns_and_resumes_to_the_same_bits(
    data: TrainingData, config: EncoderConfig, tmp_path: Path, name: str
) -> None:
    recipe = RECIPES[name]
    config = replace(config, positions=recipe.positions)
    training = replace(recipe.training, steps=60, batch_shots=96, validate_every=20)
    data = replace(data, validation=())
    whole = Run(tmp_path / "whole", data, config, training).train(Listener())
    assert whole.report.overall.gain > 0
    with pytest.raises(StoppedError):
        Run(tmp_path / "torn", data, config, training).train(Listener(stop_at=27))
    Run(tmp_path / "torn", data, config, training).train(Listener())
    assert weights(tmp_path / "torn") == weights(tmp_path / "whole")


def strip(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name != "shots_per_second"}


def test_a_run_ends_where_fitting_in_one_go_does(
    data: TrainingData, config: EncoderConfig, tmp_path: Path
) -> None:
    listener = Listener()
    training = replace(TRAINING, validate_every=50)
    checkpoint = Run(tmp_path / "run", data, config, training).train(listener)
    fitted = fit(data.titles, config, training)
    for name, tensor in fitted.state_dict().items():
        assert torch.equal(tensor, checkpoint.encoder.state_dict()[name]), name
    assert [step.number for step in listener.steps] == list(range(1, 51))
    expected = evaluate(fitted, data.validation, mean_direction(data.titles), training)
    assert checkpoint.report == listener.validations[-1][1] == expected


def test_the_best_validation_is_kept_and_a_patient_run_stops_after_it(
    data: TrainingData, config: EncoderConfig, tmp_path: Path
) -> None:
    """Two titles of another kind than those it trains on are soon predicted ever worse."""
    training = replace(TRAINING, steps=400, learning_rate=2e-2, patience=3, validate_every=5)
    listener = Listener()
    checkpoint = Run(tmp_path / "run", data, config, training).train(listener)
    steps = [step for step, _, _ in listener.validations]
    losses = [report.overall.loss for _, report, _ in listener.validations]
    best = int(np.argmin(losses))
    assert len(losses) - 1 - best == 3
    assert steps[-1] < 400
    assert checkpoint.report.overall.loss == losses[best]
    assert [is_best for _, _, is_best in listener.validations][best:] == [True, False, False, False]
    assert json.loads((tmp_path / "run" / "run.json").read_text())["validation_titles"] == 2


def test_a_folder_holds_one_run(data: TrainingData, config: EncoderConfig, tmp_path: Path) -> None:
    training = replace(TRAINING, steps=20)
    with pytest.raises(StoppedError):
        Run(tmp_path / "run", data, config, training).train(Listener(stop_at=15))
    with pytest.raises(RunError, match="begun with other training"):
        Run(tmp_path / "run", data, config, replace(training, steps=30))
    with pytest.raises(RunError, match="begun with other config"):
        Run(tmp_path / "run", data, replace(config, depth=1), training)
    fewer = replace(data, validation=data.validation[:1])
    with pytest.raises(RunError, match="begun with other data and validation_titles"):
        Run(tmp_path / "run", fewer, config, training)
    checkpoint = Run(tmp_path / "run", data, config, training).train(Listener())
    with pytest.raises(RunError, match="has ended"):
        Run(tmp_path / "run", data, config, training)
    assert checkpoint_of(tmp_path / "run").checkpoint_id == checkpoint.checkpoint_id
    loaded = load_checkpoint(tmp_path / "run" / "checkpoint")
    assert (loaded.profile, loaded.parents) == ("lite", (data.digest,))


def test_a_damaged_run_is_told(data: TrainingData, config: EncoderConfig, tmp_path: Path) -> None:
    with pytest.raises(StoppedError):
        Run(tmp_path / "run", data, config, TRAINING).train(Listener(stop_at=15))
    state = tmp_path / "run" / "state-00000010" / "state.safetensors"
    content = state.read_bytes()
    state.write_bytes(content[:-100])
    with pytest.raises(RunError, match=r"state-00000010: damaged .* begin anew"):
        Run(tmp_path / "run", data, config, TRAINING)
    shutil.rmtree(state.parent)
    assert Run(tmp_path / "run", data, config, TRAINING).step == 0
    (tmp_path / "run" / "run.json").write_text("{")
    with pytest.raises(RunError, match="not a training run"):
        Run(tmp_path / "run", data, config, TRAINING)
    with pytest.raises(CheckpointError, match="not an encoder checkpoint"):
        checkpoint_of(tmp_path / "run")


def test_without_titles_set_aside_the_training_ones_judge(
    data: TrainingData, config: EncoderConfig, tmp_path: Path
) -> None:
    alone = TrainingData(data.titles[:1], (), "lite")
    checkpoint = Run(tmp_path / "run", alone, config, replace(TRAINING, steps=10)).train(Listener())
    assert checkpoint.report.overall.shots == 6
