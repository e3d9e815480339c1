"""Runs a training on the terminal, in one process or as one of a launch by torchrun."""

import json
from pathlib import Path

import torch
from rich.console import Console

from app.cli.training import TrainingListener, fit_record, print_fit
from encoder.checkpoints import Checkpoint
from encoder.config import EncoderConfig, TrainingConfig
from encoder.data import TrainingData
from encoder.distributed import Processes, launched, training_device
from encoder.run_state import RunError
from encoder.runs import CHECKPOINT, RECORD, Run
from indexer.errors import ReelfindError


def run_training(
    folder: Path,
    data: TrainingData,
    config: EncoderConfig,
    training: TrainingConfig,
    resume: bool,
    as_json: bool,
) -> None:
    """Train in ``folder`` with progress, and print the report and the next step.

    Raises:
        ReelfindError: the folder holds another run, or the training cannot go on.
    """
    device = training_device()
    with launched(device) as processes:
        if not resume and processes.is_first and (folder / RECORD).exists():
            raise ReelfindError(
                f"{folder}: holds a training run already; go on with it by --resume, or choose "
                "another --out"
            )
        try:
            checkpoint = _train(folder, data, config, training, device, processes)
        except RunError as error:
            raise ReelfindError(str(error)) from error
        except ValueError as error:
            raise ReelfindError(f"{folder}: cannot be trained: {error}") from error
        except RuntimeError as error:
            if "non-finite" not in str(error):
                raise
            raise ReelfindError(
                f"{folder}: the gradient is no longer finite; train with a lower --learning-rate"
            ) from error
        if processes.is_first:
            _print_end(folder, checkpoint, as_json)


def _train(
    folder: Path,
    data: TrainingData,
    config: EncoderConfig,
    training: TrainingConfig,
    device: torch.device,
    processes: Processes,
) -> Checkpoint:
    """Train to the end, with progress; the model in training is gone when this returns."""
    console = Console(stderr=True)
    run = Run(folder, data, config, training, device=device, processes=processes)
    if processes.is_first:
        _say_what(console, run, data, str(device), processes.count)
    with TrainingListener(console, run.step, training.steps) as listener:
        return run.train(listener)


def _say_what(console: Console, run: Run, data: TrainingData, device: str, processes: int) -> None:
    shots = sum(map(len, data.titles))
    where = device if processes == 1 else f"{processes} processes ({device})"
    words = f"Training on {len(data.titles)} titles with {shots} shots on {where}"
    console.print(
        f"{words}; validating on {len(data.validation)} others."
        if data.validation
        else f"{words}; too few to set any aside: the figures are of titles it was trained on.",
        highlight=False,
        soft_wrap=True,
    )
    if run.step:
        console.print(f"Going on after step {run.step}.", highlight=False)


def _print_end(folder: Path, checkpoint: Checkpoint, as_json: bool) -> None:
    if as_json:
        about = {
            "checkpoint": str(folder / CHECKPOINT),
            "checkpoint_id": checkpoint.checkpoint_id,
            "report": fit_record(checkpoint.report),
        }
        print(json.dumps(about))
        return
    print_fit(checkpoint.report)
    print(f"Encoder {checkpoint.checkpoint_id} is in {folder / CHECKPOINT}")
    print(f"Use it with: reelfind encoder use {folder}")
