"""Does context win exactly where it was planted? Five tasks on generated titles.

    python bench/planted.py [--quick] [--seed N] [--out FOLDER]

The data is generated (see ``planted_data``): genre, ad fit and popularity need more than the clip,
tone and clip-worthiness are in the clip itself. An encoder is trained by masked shot modelling on
all titles, as one is fitted to a catalogue. It reads no label, so training on the titles that are
measured later tells it nothing of their labels; all but the synopses that name a genre, which is
what the column without [GLOBAL] is for. Heads are trained and measured by folds of whole titles.

Two further columns bound what can be had. The best reading knows along which directions and in
which shots to look, and learns nothing. The oracle knows the labels before noise was added.

``--out`` writes the tables and the checkpoint, for `reelfind features import` and `reelfind probes
evaluate --features FEATURES --encoder FOLDER/encoder --labels FOLDER/labels.csv`.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from bench.planted_data import Planted, generate, tasks
from bench.planted_titles import METADATA_DIM, MODALITIES, Plan
from encoder.batches import mean_direction
from encoder.checkpoints import Checkpoint, save_checkpoint
from encoder.config import catalogue, catalogue_training
from encoder.evaluation import evaluate
from encoder.model import Encoder
from encoder.training import fit
from probes.blocks import CLIP_ONLY, FUSED, WITHOUT_GLOBAL, columns
from probes.evaluation.measuring import evaluate_task
from probes.evaluation.records import TaskEvaluation
from probes.intervals import Interval
from probes.representations import Representations
from probes.settings import ProbeSettings

PLANTED = frozenset({"genre", "ad-relevancy", "popularity"})
"""Tasks that need more than the clip."""

PROFILE = "planted"
SECONDS_A_SHOT = 3.0
QUICK = Plan(titles=60)
QUICK_STEPS = 600
STEPS = 1200
RESAMPLES = 500


def train(planted: Planted, steps: int, seed: int) -> Checkpoint:
    """Fit an encoder to all titles, and print how well it predicts hidden shots."""
    config = catalogue(MODALITIES, METADATA_DIM)
    shots = sum(map(len, planted.sequences))
    # Muon at four times the usual rate: with less, neighbours are hardly read on so few titles.
    training = replace(
        catalogue_training(shots), steps=steps, muon=True, learning_rate=2e-3, seed=seed
    )
    began = time.monotonic()
    encoder = fit(planted.sequences, config, training)
    took = time.monotonic() - began
    judged = replace(training, seed=seed + 1)
    report = evaluate(encoder, planted.sequences, mean_direction(planted.sequences), judged)
    found = report.overall
    interpolated = 1 - found.interpolated_loss / found.mean_loss
    print(
        f"{len(planted.sequences)} titles, {shots} shots, {len(planted.items)} clips; {steps} steps"
        f" in {took:.0f} s; gain {found.gain:.3f} (interpolation {interpolated:+.3f})"
    )
    return Checkpoint(encoder, training, report, PROFILE)


def measure(planted: Planted, encoder: Encoder) -> Iterator[TaskEvaluation]:
    """Measure each task on every representation."""
    titles = {title.title_id: title for title in planted.sequences}
    makers = Representations(encoder, titles, planted.items).makers
    matrices = {name: make() for name, make in makers.items()}
    for task in tasks():
        yield evaluate_task(
            task,
            {name: matrices[name] for name in columns(task.level, matrices)},
            planted.labels[task.name],
            planted.item_titles,
            scored={
                "best reading": planted.reading[task.name],
                "oracle": planted.oracle[task.name],
            },
            settings=ProbeSettings(resamples=RESAMPLES),
        )


def print_table(found: list[TaskEvaluation]) -> None:
    """Print a row per task and column: value, interval, and in context minus it, paired."""
    table = Table("task", "column", "value", "95 %", "in context minus it", "95 %")
    for each in found:
        judged = each.measures[0]
        table.add_section()
        table.add_row(f"{each.task} ({judged.metric})", "chance", f"{judged.chance:.3f}")
        for name, cell in zip(each.columns, judged.cells, strict=True):
            gap = None if cell.difference is None else _turned(cell.difference)
            table.add_row(
                "",
                name,
                f"{cell.value.value:.3f}",
                f"{cell.value.low:.3f} to {cell.value.high:.3f}",
                "" if gap is None else f"{gap.value:+.3f}",
                "" if gap is None else f"{gap.low:+.3f} to {gap.high:+.3f}",
            )
    Console(width=125).print(table)


def verdict(found: TaskEvaluation) -> tuple[bool, str]:
    """Return whether context won where it should, and one line that says so.

    Context wins where in context beats every column that does not read the title, each with an
    interval of the paired difference above 0.
    """
    outside = [*(name for name, _ in MODALITIES), FUSED, CLIP_ONLY]
    gaps = {
        name: _turned(cell.difference)
        for name, cell in zip(found.columns, found.measures[0].cells, strict=True)
        if cell.difference is not None
    }
    closest = min(outside, key=lambda name: gaps[name].value)
    won = all(gaps[name].low > 0 for name in outside)
    right = won == (found.task in PLANTED)
    gap = gaps[closest]
    return right, (
        f"{'as planted' if right else 'NOT AS PLANTED'}: {found.task}: context "
        f"{'was' if found.task in PLANTED else 'was not'} planted and "
        f"{'won' if won else 'did not win'} ({gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] "
        f"against {closest}); [GLOBAL] adds {gaps[WITHOUT_GLOBAL].value:+.3f} "
        f"[{gaps[WITHOUT_GLOBAL].low:+.3f}, {gaps[WITHOUT_GLOBAL].high:+.3f}]"
    )


def export(planted: Planted, checkpoint: Checkpoint, folder: Path) -> None:
    """Write shots.parquet, titles.parquet, labels.csv, and the checkpoint in ``encoder``."""
    folder.mkdir(parents=True)
    save_checkpoint(checkpoint, folder / "encoder")
    shots, titles, ends = [], [], np.cumsum([width for _, width in MODALITIES])
    for title in planted.sequences:
        parts = np.split(title.fused, ends[:-1], axis=1)
        start = SECONDS_A_SHOT * np.arange(len(title))
        shots.append(
            pl.DataFrame(
                {
                    "title_id": [title.title_id] * len(title),
                    "index": np.arange(len(title)),
                    "start": start,
                    "end": start + SECONDS_A_SHOT,
                    "profile": [PROFILE] * len(title),
                    **{
                        name: part.tolist()
                        for (name, _), part in zip(MODALITIES, parts, strict=True)
                    },
                }
            )
        )
        titles.append({"title_id": title.title_id, "metadata": title.metadata.tolist()})
    pl.concat(shots).write_parquet(folder / "shots.parquet")
    pl.DataFrame(titles).write_parquet(folder / "titles.parquet")
    pl.DataFrame(list(_label_rows(planted))).unique(maintain_order=True).write_csv(
        folder / "labels.csv"
    )


def _label_rows(planted: Planted) -> Iterator[dict[str, object]]:
    """Yield rows of labels.csv; a genre is said of the whole title, once."""
    length = {title.title_id: len(title) for title in planted.sequences}
    for task in tasks():
        for item, values in zip(planted.items, planted.labels[task.name], strict=True):
            whole = task.name == "genre"
            for name, value in zip(task.class_names, values, strict=True):
                yield {
                    "title": item.title_id,
                    "start": 0.0 if whole else SECONDS_A_SHOT * item.first,
                    "end": SECONDS_A_SHOT * (length[item.title_id] if whole else item.end),
                    "task": task.name,
                    "class": name,
                    "value": round(float(value), 6),
                    "annotator": "generator",
                }


def _turned(gap: Interval) -> Interval:
    return Interval(-gap.value, -gap.high, -gap.low)


def main() -> None:
    """Generate, train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="under a minute, with fewer titles")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a new folder for the tables")
    asked = parser.parse_args()
    planted = generate(replace(QUICK if asked.quick else Plan(), seed=asked.seed))
    checkpoint = train(planted, QUICK_STEPS if asked.quick else STEPS, asked.seed)
    if asked.out is not None:
        export(planted, checkpoint, asked.out)
    found = list(measure(planted, checkpoint.encoder))
    print_table(found)
    for each in found:
        print(verdict(each)[1])


if __name__ == "__main__":
    main()
