"""A training run as a folder: its record, its metrics, its last state, and at the end a checkpoint.

run.json        configs and digest of the data; a resumed run must have the same
training.csv    loss, rate and speed, every few steps
validation.csv  the report on titles that training never sees
state-<step>/   the state at the last validation, from which a run resumes
checkpoint/     the best encoder by its validation, written when training has ended
"""

import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from encoder.atomic import write_text
from encoder.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from encoder.config import EncoderConfig, TrainingConfig
from encoder.data import TrainingData
from encoder.distributed import ALONE, Processes
from encoder.evaluation import FitReport, evaluate
from encoder.metrics import MetricsFile
from encoder.run_state import Progress, RunError, load_state, remove_states, save_state
from encoder.training import Step, Trainer

RECORD = "run.json"
CHECKPOINT = "checkpoint"
EVERY = 10
"""Steps between two rows of ``training.csv``."""
BEST = "best."


class RunListener(Protocol):
    """Receives the progress of a run."""

    def stepped(self, step: Step, shots_per_second: float) -> None:
        """Receive a completed step, and the speed of the run so far."""
        ...

    def validated(self, step: int, report: FitReport, best: bool) -> None:
        """Receive the report of a validation, and whether it is the best so far."""
        ...


class Run:
    """Trains an encoder in a folder, from the folder's last state."""

    def __init__(
        self,
        folder: Path,
        data: TrainingData,
        config: EncoderConfig,
        training: TrainingConfig,
        *,
        device: torch.device | str = "cpu",
        processes: Processes = ALONE,
    ) -> None:
        """Start a run, or resume one with the same data and configs.

        Raises:
            RunError: the folder holds another run, one that has ended, or a damaged one.
            ValueError: the data do not fit ``config``.
        """
        self.folder = folder
        self._data = data
        self._config = config
        self._training = training
        self._processes = processes
        self._trainer = Trainer(data.titles, config, training, device=device, processes=processes)
        self._best: dict[str, Tensor] = {}
        self._progress = Progress()
        self._open()

    @property
    def step(self) -> int:
        """Steps that are done."""
        return self._trainer.step

    def train(self, listener: RunListener) -> Checkpoint:
        """Train to the end, write the checkpoint and return it.

        A state is saved at each validation. Early stopping keeps the weights of the best.

        Raises:
            RuntimeError: the gradient is not finite (the learning rate is too high).
        """
        metrics = MetricsFile(self.folder / "training.csv", self.step, self._processes.is_first)
        reports = MetricsFile(self.folder / "validation.csv", self.step, self._processes.is_first)
        began, seen = time.monotonic(), 0
        while not self._is_over():
            step = self._trainer.advance()
            seen += step.shots
            speed = seen / (time.monotonic() - began)
            if self._processes.is_first:
                listener.stepped(step, speed)
            if step.number % EVERY == 0:
                metrics.add(_row(step, speed))
            if step.number % self._training.validate_every == 0 or self._at_end():
                report = self._validate(reports)
                if self._processes.is_first:
                    best = self._progress.bad == 0
                    listener.validated(step.number, report, best)
        return self._finish()

    def _at_end(self) -> bool:
        return self._trainer.step >= self._training.steps

    def _is_over(self) -> bool:
        patience = self._training.patience
        return self._at_end() or bool(patience and self._progress.bad >= patience)

    def _validate(self, reports: MetricsFile) -> FitReport:
        """Measure, keep the weights if they are the best so far, and save the state.

        Every process measures, which takes no longer than waiting for one of them.
        """
        trainer = self._trainer
        titles = self._data.validation or self._data.titles
        report = evaluate(trainer.encoder, titles, trainer.mean, self._training)
        loss, old = report.overall.loss, self._progress
        better = self._processes.agree(loss < old.best_loss)
        if better:
            self._best = {n: t.detach().clone() for n, t in trainer.encoder.state_dict().items()}
        self._progress = replace(
            old,
            step=trainer.step,
            position=trainer.position,
            best_step=trainer.step if better else old.best_step,
            best_loss=loss if better else old.best_loss,
            bad=0 if better else old.bad + 1,
        )
        if self._processes.is_first:
            reports.add({"step": trainer.step, **asdict(report.overall), **report.modalities})
            self._save_state()
        return report

    def _finish(self) -> Checkpoint:
        """Write the best encoder as a checkpoint, and remove the state."""
        encoder = self._trainer.encoder
        encoder.load_state_dict(self._best)
        titles = self._data.validation or self._data.titles
        report = evaluate(encoder, titles, self._trainer.mean, self._training)
        checkpoint = Checkpoint(
            encoder, self._training, report, self._data.profile, (self._data.digest,)
        )
        if self._processes.is_first:
            save_checkpoint(checkpoint, self.folder / CHECKPOINT)
            remove_states(self.folder)
        return checkpoint

    def _open(self) -> None:
        if (self.folder / CHECKPOINT).exists():
            raise RunError(
                f"{self.folder}: this run has ended; choose another folder for a new one"
            )
        record = {
            "config": asdict(self._config),
            "training": asdict(self._training),
            "profile": self._data.profile,
            "data": self._data.digest,
            "titles": len(self._data.titles),
            "validation_titles": len(self._data.validation),
        }
        file = self.folder / RECORD
        if not file.exists():
            if self._processes.is_first:
                write_text(file, json.dumps(record, indent=2))
            return
        recorded = read_record(self.folder)
        changed = [name for name in record if recorded.get(name) != _plain(record[name])]
        if changed:
            raise RunError(
                f"{self.folder}: this run was begun with other {' and '.join(changed)}; "
                "give it what it was begun with, or choose another folder"
            )
        self._load_state()

    def _save_state(self) -> None:
        best = {BEST + name: tensor for name, tensor in self._best.items()}
        save_state(self.folder, self._trainer.write_state() | best, self._progress)

    def _load_state(self) -> None:
        found = load_state(self.folder)
        if found is None:
            return
        tensors, self._progress = found
        device = self._trainer.encoder.device
        self._best = {
            name.removeprefix(BEST): tensor.to(device)
            for name, tensor in tensors.items()
            if name.startswith(BEST)
        }
        self._trainer.read_state(tensors, self._progress.step, self._progress.position)


def read_record(folder: Path) -> dict[str, Any]:
    """Return the content of ``run.json``.

    Raises:
        RunError: it is missing or cannot be read.
    """
    file = folder / RECORD
    try:
        record: dict[str, Any] = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise RunError(f"{file}: not a training run ({error}); begin one without --resume") from (
            error
        )
    return record


def checkpoint_of(folder: Path) -> Checkpoint:
    """Load the checkpoint in ``folder``, which may be a run that has ended.

    Raises:
        CheckpointError: it is missing or damaged.
    """
    inside = folder / CHECKPOINT
    return load_checkpoint(inside if inside.is_dir() else folder)


def _row(step: Step, speed: float) -> dict[str, float]:
    return {
        "step": step.number,
        "loss": step.loss,
        "learning_rate": step.learning_rate,
        "shots_per_second": round(speed, 1),
    }


def _plain(value: object) -> object:
    """Return a value as JSON gives it back: tuples become lists."""
    plain: object = json.loads(json.dumps(value))
    return plain
