"""The GPU that is there is taken, also that of a Mac; stand-ins answer what torch would."""

import pytest
import torch

from encoder.device import best_device
from encoder.distributed import LAUNCHED, training_device


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_the_best_device_that_is_there(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert best_device() == torch.device(expected)


def test_several_processes_on_a_mac_train_on_its_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert training_device() == torch.device("mps")
    monkeypatch.setenv(LAUNCHED, "a run")
    assert training_device() == torch.device("cpu")


def test_each_process_has_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv(LAUNCHED, "a run")
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert training_device() == torch.device("cuda", 1)
