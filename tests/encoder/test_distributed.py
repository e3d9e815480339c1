import subprocess
import sys
from pathlib import Path

import pytest
import torch

from encoder.checkpoints import load_checkpoint
from encoder.distributed import ALONE, launched
from encoder.metrics import read_metrics
from tests.encoder.process import gradients, train

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = [sys.executable, *launch, "-m", "tests.encoder.process", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_two_processes_have_the_gradients_of_one(two_processes: Path) -> None:
    """Also where a batch has one title only, so that the second process has nothing to hide."""
    expected, found = gradients(), torch.load(two_processes / "gradients.pt", weights_only=True)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-6, msg=name)


def test_two_processes_train_the_encoder_of_one(two_processes: Path, tmp_path: Path) -> None:
    train(tmp_path / "one")
    one = load_checkpoint(tmp_path / "one" / "checkpoint")
    two = load_checkpoint(two_processes / "run" / "checkpoint")
    for name, tensor in one.encoder.state_dict().items():
        torch.testing.assert_close(two.encoder.state_dict()[name], tensor, rtol=0, atol=2e-3)
    alone, both = (
        [float(row["loss"]) for row in read_metrics(folder / "training.csv")]
        for folder in (tmp_path / "one", two_processes / "run")
    )
    assert both == pytest.approx(alone, abs=1e-3)


def test_without_a_launcher_a_process_is_alone() -> None:
    with launched(torch.device("cpu")) as processes:
        assert processes == ALONE
        assert processes.total(torch.tensor(3.0)) == 3
        assert processes.agree(False) is False
