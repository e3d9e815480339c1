"""Training an encoder from the command line: what it is trained on, and its progress."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
import torch
from rich.console import Console
from rich.progress import TextColumn

from app.cli.options import settings_of
from app.cli.progress import Bar
from app.cli.terminal import print_table
from encoder.batches import TitleSequence
from encoder.checkpoints import Checkpoint
from encoder.config import EncoderConfig, Modalities, TrainingConfig
from encoder.data import TrainingData, split_titles
from encoder.distributed import Processes, launched, training_device
from encoder.evaluation import FitReport, Prediction
from encoder.run_state import RunError
from encoder.runs import CHECKPOINT, RECORD, Run
from encoder.training import Step
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import modalities_of
from indexer.encoding import read_sequences
from indexer.errors import ReelfindError
from indexer.features.feature_set import load_features
from indexer.models import Models
from indexer.preparation import Preparation

SPLIT = "split"
TRAIN, VALIDATION = "train", "val"


@dataclass(frozen=True)
class Source:
    """Titles to train or measure on, with what is known of their embeddings.

    ``splits`` names the published part of each title, where the titles' table has one.
    """

    sequences: Sequence[TitleSequence]
    splits: dict[str, str]
    profile: str
    modalities: Modalities

    @property
    def metadata_dim(self) -> int:
        """Width of the titles' metadata embeddings."""
        return len(self.sequences[0].metadata)

    def part(self, split: str) -> list[TitleSequence]:
        """Return the titles of one published part.

        Raises:
            ReelfindError: there is none of that name.
        """
        found = [each for each in self.sequences if self.splits.get(each.title_id) == split]
        if not found:
            known = ", ".join(sorted(set(self.splits.values()))) or "none"
            raise ReelfindError(f"no titles of split {split!r}; the titles' table has: {known}")
        return found

    def training_data(self, share: float) -> TrainingData:
        """Return titles to train on and to validate on: by their split, else a share of them."""
        if {TRAIN, VALIDATION} <= set(self.splits.values()):
            return TrainingData(self.part(TRAIN), self.part(VALIDATION), self.profile)
        train, validation = split_titles(self.sequences, share)
        return TrainingData(train, validation, self.profile)


def open_source(features: Path | None, data: Path) -> Source:
    """Return the titles of a feature set, or of the indexed catalogue.

    Raises:
        ReelfindError: neither holds any titles.
    """
    if features is not None:
        found = load_features(features)
        splits = _splits(found.titles)
        return Source(found.sequences(), splits, found.profile, found.modalities)
    catalogue, settings = Catalogue(data), settings_of(data)
    models = Models(settings)
    works = Preparation(catalogue, settings, models).others([])
    if not works:
        raise ReelfindError(
            f"{data}: nothing is indexed here; index films first, or give --features FOLDER"
        )
    modalities = modalities_of(models.description)
    return Source(read_sequences(works), {}, settings.profile, modalities)


def _splits(titles: pl.DataFrame) -> dict[str, str]:
    if SPLIT not in titles.columns:
        return {}
    return {
        str(title): str(split)
        for title, split in titles.select("title_id", SPLIT).iter_rows()
        if split is not None
    }


class TrainingListener(Bar):
    """Shows loss, speed and time left on a terminal; elsewhere prints a line a validation."""

    def __init__(self, console: Console, done: int, steps: int) -> None:
        """Begin at ``done`` of ``steps`` steps."""
        count = TextColumn("{task.completed}/{task.total} steps")
        super().__init__(console, count, total=steps, completed=done)

    def stepped(self, step: Step, shots_per_second: float) -> None:
        """Advance the bar."""
        words = f"loss {step.loss:.4f}  {shots_per_second:,.0f} shots/s"
        self.progress.update(self.task, completed=step.number, description=words)

    def validated(self, step: int, report: FitReport, best: bool) -> None:
        """Print the validation above the bar."""
        found = report.overall
        self.console.print(
            f"step {step}: validation loss {found.loss:.4f} (mean {found.mean_loss:.4f}), "
            f"gain {found.gain:.3f}, top-1 {found.top1:.3f}{', the best so far' if best else ''}",
            highlight=False,
            soft_wrap=True,
        )


def print_fit(report: FitReport) -> None:
    """Print how hidden shots are predicted, beside what needs no encoder."""
    parts = {
        "all": report.overall,
        "with text": report.with_text,
        "without text": report.without_text,
    }
    columns = ["hidden shots", "number", "loss", "mean", "interpolated", "nearest"]
    rows = [_row(name, part) for name, part in parts.items() if part is not None and part.shots]
    print_table([*columns, "gain", "top-1", "MRR", "chance"], rows, ["hidden shots"])
    if report.modalities:
        cosines = ", ".join(f"{name} {value:.3f}" for name, value in report.modalities.items())
        print(f"Cosine of predicted and true embedding by modality: {cosines}")


def fit_record(report: FitReport) -> dict[str, Any]:
    """Return a report as JSON values."""
    return asdict(report)


def _row(name: str, part: Prediction) -> list[str]:
    losses = (part.loss, part.mean_loss, part.interpolated_loss, part.nearest_loss)
    rest = (part.gain, part.top1, part.mrr, part.chance_top1)
    return [name, str(part.shots), *(f"{v:.4f}" for v in losses), *(f"{v:.3f}" for v in rest)]


@dataclass(frozen=True)
class Plan:
    """A training run: its folder, where its titles are, and the configs."""

    folder: Path
    features: Path | None
    data: Path
    validation_share: float
    config: EncoderConfig
    training: TrainingConfig

    def check_new(self) -> None:
        """Check that the folder has no run yet.

        Raises:
            ReelfindError: it has one.
        """
        if (self.folder / RECORD).exists():
            raise ReelfindError(
                f"{self.folder}: holds a training run already; go on with it by --resume, or "
                "choose another --out"
            )


def run_training(plan: Plan, data: TrainingData, resume: bool, as_json: bool) -> None:
    """Train with progress, and print the report and the next step.

    Raises:
        ReelfindError: the folder holds another run, or the training cannot go on.
    """
    device = training_device()
    with launched(device) as processes:
        if not resume and processes.is_first:
            plan.check_new()
        with explained(plan.folder):
            checkpoint = _train(plan, data, device, processes)
        if processes.is_first:
            print_end(plan.folder, checkpoint, as_json)


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what a training run may raise into errors for users.

    Raises:
        ReelfindError: the folder holds another run, or the training cannot go on.
    """
    try:
        yield
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


def _train(
    plan: Plan, data: TrainingData, device: torch.device, processes: Processes
) -> Checkpoint:
    """Train to the end, with progress; the model in training is gone when this returns."""
    console = Console(stderr=True)
    run = Run(plan.folder, data, plan.config, plan.training, device=device, processes=processes)
    if processes.is_first:
        several = processes.count > 1
        where = f"{processes.count} processes ({device})" if several else str(device)
        say_what(console, run.step, data, where)
    with TrainingListener(console, run.step, plan.training.steps) as listener:
        return run.train(listener)


def say_what(console: Console, step: int, data: TrainingData, where: str) -> None:
    """Print what is trained on what, and after which step it goes on."""
    shots = sum(map(len, data.titles))
    words = f"Training on {len(data.titles)} titles with {shots} shots on {where}"
    console.print(
        f"{words}; validating on {len(data.validation)} others."
        if data.validation
        else f"{words}; too few to set any aside: the figures are of titles it was trained on.",
        highlight=False,
        soft_wrap=True,
    )
    if step:
        console.print(f"Going on after step {step}.", highlight=False)


def print_end(folder: Path, checkpoint: Checkpoint, as_json: bool) -> None:
    """Print the report of a run that has ended, and how to use its encoder."""
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
