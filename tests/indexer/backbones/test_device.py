import pytest
import torch

from indexer.backbones.base import Runtime
from indexer.backbones.device import torch_device
from indexer.backbones.registry import load_profile
from indexer.settings import Settings
from tests.indexer.backbones.conftest import _no_text


@pytest.mark.parametrize("asked", [None, "cpu", "cuda:1"])
def test_a_mac_computes_on_its_gpu_unless_the_settings_say_otherwise(
    monkeypatch: pytest.MonkeyPatch, asked: str | None
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    runtime = Runtime(device=asked, models=None, text=_no_text)
    assert torch_device(runtime) == torch.device(asked or "mps")


def test_the_device_of_the_settings_reaches_the_networks() -> None:
    assert load_profile(Settings(device="cuda:1"))._runtime.device == "cuda:1"
