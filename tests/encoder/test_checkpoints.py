import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from encoder.batches import TitleSequence, mean_direction
from encoder.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from encoder.config import EncoderConfig, TrainingConfig
from encoder.evaluation import evaluate
from encoder.stored import RECORD, WEIGHTS, CheckpointError
from encoder.training import fit

MakeTitle = Callable[..., TitleSequence]


@pytest.fixture
def checkpoint(config: EncoderConfig, make_title: MakeTitle) -> Checkpoint:
    titles, training = [make_title("a", 30)], TrainingConfig(steps=3)
    encoder = fit(titles, config, training)
    report = evaluate(encoder, titles, mean_direction(titles), training)
    return Checkpoint(encoder, training, report, "lite", parents=("1f2e", "3d4c"))


def test_a_checkpoint_comes_back_to_the_bit(checkpoint: Checkpoint, tmp_path: Path) -> None:
    folder = tmp_path / "encoders" / "first"
    saved_id = save_checkpoint(checkpoint, folder)
    loaded = load_checkpoint(folder, fused_dim=24)
    for name, tensor in checkpoint.encoder.state_dict().items():
        assert torch.equal(tensor, loaded.encoder.state_dict()[name]), name
    for field in ("training", "report", "profile", "parents", "checkpoint_id"):
        assert getattr(loaded, field) == getattr(checkpoint, field)
    assert loaded.encoder.config == checkpoint.encoder.config
    assert saved_id == checkpoint.checkpoint_id
    assert len(saved_id) == 16
    assert [path.name for path in folder.parent.iterdir()] == ["first"]


def test_the_id_stands_for_weights_and_config(checkpoint: Checkpoint, tmp_path: Path) -> None:
    before = checkpoint.checkpoint_id
    assert save_checkpoint(replace(checkpoint, profile="base"), tmp_path / "a") == before
    with torch.no_grad():
        checkpoint.encoder.mask_token[0] += 1e-3
    assert checkpoint.checkpoint_id != before


def test_a_write_that_fails_leaves_nothing(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space"):
            save_checkpoint(checkpoint, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    save_checkpoint(checkpoint, tmp_path / "a")


@pytest.mark.parametrize("name", [WEIGHTS, RECORD])
@pytest.mark.parametrize("left", [0, 10, -1, None])
def test_a_torn_checkpoint_is_never_loaded(
    checkpoint: Checkpoint, tmp_path: Path, name: str, left: int | None
) -> None:
    folder = tmp_path / "a"
    save_checkpoint(checkpoint, folder)
    torn = folder / name
    if left is None:
        torn.unlink()
    else:
        torn.write_bytes(torn.read_bytes()[:left])
    with pytest.raises(CheckpointError, match=str(folder)):
        load_checkpoint(folder)


def test_one_changed_bit_is_noticed(checkpoint: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(checkpoint, tmp_path / "a")
    weights = tmp_path / "a" / WEIGHTS
    content = bytearray(weights.read_bytes())
    content[-5] ^= 1
    weights.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged or changed"):
        load_checkpoint(tmp_path / "a")


def test_a_changed_config_is_noticed(checkpoint: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(checkpoint, tmp_path / "a")
    record = tmp_path / "a" / RECORD
    content = json.loads(record.read_text())
    content["config"]["heads"] = 4
    record.write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match="damaged or changed"):
        load_checkpoint(tmp_path / "a")


def test_another_profile_and_a_missing_folder_are_told(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    save_checkpoint(checkpoint, tmp_path / "a")
    with pytest.raises(ValueError, match=r"24 wide \(profile lite\), not 2304"):
        load_checkpoint(tmp_path / "a", fused_dim=2304)
    with pytest.raises(CheckpointError, match="nowhere"):
        load_checkpoint(tmp_path / "nowhere")


def test_a_checkpoint_is_never_overwritten(checkpoint: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(checkpoint, tmp_path / "a")
    with pytest.raises(FileExistsError, match="choose another"):
        save_checkpoint(checkpoint, tmp_path / "a")
