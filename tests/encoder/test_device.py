"""The GPU that is there is taken, also that of a Mac; stand-ins answer what torch would."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from encoder.batches import TitleSequence
from encoder.config import EncoderConfig, TrainingConfig
from encoder.device import best_device
from encoder.distributed import LAUNCHED, training_device
from encoder.evaluation import evaluate
from encoder.training import Trainer
from encoder.windows import embed_titles


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


class Kinds(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes the kinds of numbers that torch computes with."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: set[torch.dtype] = set()

    def __torch_dispatch__(
        self,
        call: Any,
        _: Any,
        arguments: Any = (),
        named: Mapping[str, Any] | None = None,
    ) -> Any:
        given = call(*arguments, **(named or {}))
        every = tree_leaves((arguments, dict(named or {}), given))
        self.seen |= {each.dtype for each in every if isinstance(each, torch.Tensor)}
        return given


@pytest.mark.parametrize("muon", [True, False])
def test_training_and_embedding_need_no_kind_that_a_mac_lacks(
    make_title: Callable[..., TitleSequence], config: EncoderConfig, muon: bool
) -> None:
    """Its GPU knows no float64. What needs it, the start of a training, is done before."""
    titles = [make_title(f"film {i}", length, seed=i) for i, length in enumerate([12, 5])]
    training = TrainingConfig(steps=2, muon=muon)
    trainer = Trainer(titles, config, training)
    with Kinds() as kinds:
        trainer.advance()
        embed_titles(trainer.encoder, titles)
        evaluate(trainer.encoder, titles, trainer.mean, training)
    assert torch.float32 in kinds.seen
    assert not kinds.seen & {torch.float64, torch.complex64, torch.complex128}
