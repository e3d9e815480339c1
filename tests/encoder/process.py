"""One process of a launch by torchrun: the gradient of one batch, and the weights of a short run.

    python -m torch.distributed.run --standalone --nproc-per-node 2 -m tests.encoder.process FOLDER

The test runs the same functions in one process.
"""

import sys
import weakref
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, distributed

from encoder.batches import TitleSequence
from encoder.config import EncoderConfig, TrainingConfig
from encoder.data import TrainingData
from encoder.distributed import ALONE, Processes, launched, training_device
from encoder.evaluation import FitReport
from encoder.runs import Run
from encoder.sampling import plan_epoch
from encoder.training import Step, Trainer

CONFIG = EncoderConfig(
    24, 6, width=16, depth=2, heads=2, max_shots=32, modalities=(("video", 10), ("text", 14))
)
TRAINING = TrainingConfig(
    steps=20, batch_shots=80, learning_rate=5e-3, validate_every=10, modality_dropout=0.3
)


def make_data() -> TrainingData:
    """Return titles of many lengths; one batch of an epoch has a single title."""
    rng = np.random.default_rng(0)
    titles = []
    for i, shots in enumerate([30, 1, 45, 12, 90, 20, 7]):
        fused = rng.standard_normal((shots, 24)).cumsum(axis=0)
        fused /= np.linalg.norm(fused, axis=1, keepdims=True)
        metadata = rng.standard_normal(6).astype(np.float32)
        titles.append(TitleSequence(str(i), fused.astype(np.float32), metadata))
    return TrainingData(titles[:6], titles[6:], "lite")


def gradients(processes: Processes = ALONE) -> dict[str, Tensor]:
    """Return the gradient of every parameter over the first batches, by batch and name."""
    data = make_data()
    trainer = Trainer(data.titles, CONFIG, TRAINING, processes=processes)
    found = {}
    lengths = sorted(data.titles, key=lambda title: title.title_id)
    for number, batch in enumerate(plan_epoch([len(t) for t in lengths], 32, 80, 0, 0)):
        trainer.encoder.zero_grad()
        trainer.loss(batch).backward()  # type: ignore[no-untyped-call]
        for name, parameter in trainer.encoder.named_parameters():
            assert parameter.grad is not None
            found[f"{number} {name}"] = parameter.grad.clone()
    return found


def train(folder: Path, processes: Processes = ALONE) -> None:
    """Train a short run in ``folder``."""
    Run(folder, make_data(), CONFIG, TRAINING, processes=processes).train(Silence())


class Silence:
    """A listener that says nothing."""

    def stepped(self, step: Step, shots_per_second: float) -> None:
        """Say nothing."""

    def validated(self, step: int, report: FitReport, best: bool) -> None:
        """Say nothing."""


def main() -> None:
    """Write ``gradients.pt`` and train ``run`` in the folder that the command line names."""
    folder = Path(sys.argv[1])
    torch.set_num_threads(1)
    with launched(training_device()) as processes:
        assert processes.count == 2
        group = weakref.ref(distributed.group.WORLD)
        found = gradients(processes)
        if processes.is_first:
            torch.save(found, folder / "gradients.pt")
        train(folder / "run", processes)
    assert group() is None, "its threads live on, and may abort the process at its end"


if __name__ == "__main__":
    main()
