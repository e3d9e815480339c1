"""Training of a probe from labels: heads, strengths, calibration, thresholds and metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probes.adding import block_records
from probes.blocks import WITHOUT_EMBEDDING
from probes.calibration import Platt, Reliability, best_thresholds, reliability
from probes.fits import rows_are_titles
from probes.folds import Folds, title_folds
from probes.heads import Heads
from probes.label_counts import ClassCounts
from probes.metrics import Labels, Values, nan_mean
from probes.probe import Blocks, Matrix, Probe
from probes.reading import BlockRecord, Term
from probes.recipes import HeadKind, Measure, Recipe, recipe_for
from probes.selection import Chosen, select
from probes.settings import DEFAULTS, ProbeSettings
from probes.tasks import Task


@dataclass(frozen=True)
class TrainedProbe:
    """A probe, and the measurements that say how far to trust it.

    Arrays [classes] follow ``probe.classes``, the classes with enough labels. All scores come from
    heads, strengths and calibrations that have not seen the row's title.
    """

    probe: Probe
    head: HeadKind
    strength: float
    """Of the L2 term of the first block, chosen on all rows."""
    blocks: tuple[BlockRecord, ...]
    """Those that the probe reads, then those left out, and what each adds."""
    calibration: Platt
    """Already folded into the probe."""
    thresholds: Values
    """[classes], of the probe's scores; NaN for a ranking."""
    measures: tuple[Measure, ...]
    quality: Values
    """[classes]: average precision, or tau-b for a ranking."""
    class_chance: Values
    """[classes]: the quality of random scores."""
    reliability: Reliability | None
    """Predicted against observed rates; None for a ranking."""
    counts: tuple[ClassCounts, ...]
    """Of every class of the task; a class that lacks labels is left out and stays zero-shot."""
    rows: NDArray[np.intp]
    """[m]: the rows that are labelled, and so were used."""
    folds: Folds
    """[m]: the fold of each of ``rows``."""
    scores: Values
    """[m, classes]: out of fold, calibrated; for paired comparisons."""
    logits: Matrix
    """[m, classes] float32: out of fold, before calibration, which may flatten a poor order."""
    heads: Heads
    """Of all rows, before calibration."""
    alone: Mapping[str, Chosen]
    """Heads on each block alone and their logits, by its name."""


def train_probe(
    task: Task,
    blocks: Blocks,
    labels: Labels,
    titles: Sequence[str],
    settings: ProbeSettings = DEFAULTS,
) -> TrainedProbe:
    """Train and measure the classes of a task that have enough labels.

    The blocks to read are chosen (``probes.forward``). Where all rows of a title are the same, as
    in a task about titles, heads on the likeness to the training titles compete with heads on the
    embeddings.

    Args:
        task: whose classes are the columns of ``labels``.
        blocks: by name, the simplest first: [n, d] float32 each, frozen.
        labels: [n, classes]: 0 or 1, or any finite number for a ranking; NaN where not labelled.
        titles: the title id of each row; no title is on both sides of a split.
        settings: how many labels a class needs, folds, strengths, resamples.

    Raises:
        ValueError: shapes or values that do not fit, or no class with enough labels.
    """
    recipe = recipe_for(task.kind, settings)
    _check(task, recipe, blocks, labels, titles)
    counts = recipe.count(task.class_names, labels, titles)
    trained = [index for index, each in enumerate(counts) if not each.lacks]
    if not trained:
        reasons = "; ".join(f"{each.name}: {each.lacks}" for each in counts[:3])
        raise ValueError(f"task {task.name}: too few labels, so it stays zero-shot ({reasons})")
    known = labels[:, trained].astype(np.float64)
    rows = np.flatnonzero((~np.isnan(known)).any(axis=1))
    known, names = known[rows], np.asarray(titles, dtype=str)[rows].tolist()
    balanced = known if recipe.has_thresholds else None
    fold_of = title_folds(names, recipe.folds, balanced)
    used = {name: own[rows] for name, own in blocks.items()}
    titled = task.level == "title" and rows_are_titles(used, known, names)
    fit = recipe.fit_titles if titled else None
    terms = [Term(name) for name in used]
    if fit is not None:
        likened = [Term(name, alike=True) for name in used if name not in WITHOUT_EMBEDDING]
        terms = sorted([*terms, *likened], key=lambda term: list(used).index(term.block))
    selected = select(
        terms,
        fit or recipe.fit,
        recipe.metric,
        recipe.calibrate,
        used,
        known,
        names,
        fold_of,
        settings.strengths,
    )
    found = selected.best
    class_chance = recipe.chance(known)
    final, scores = found.calibration.fold_into(found.heads), found.scores
    return TrainedProbe(
        probe=Probe(
            task=task.name,
            kind="trained",
            classes=tuple(counts[index].name for index in trained),
            weight=final.weight,
            bias=final.bias,
            exclusive=False,
            reads=final.reads,
        ),
        head=recipe.head,
        strength=found.reading[0].strength * found.strength,
        blocks=block_records(
            selected, used, names, float(nan_mean(class_chance[None])[0]), settings.resamples
        ),
        calibration=found.calibration,
        thresholds=(
            best_thresholds(scores, known)
            if recipe.has_thresholds
            else np.full(len(trained), np.nan)
        ),
        measures=recipe.measure(known, scores, names, settings.resamples),
        quality=recipe.quality(known, scores, names),
        class_chance=class_chance,
        reliability=reliability(scores, known) if recipe.has_thresholds else None,
        counts=counts,
        rows=rows,
        folds=fold_of,
        scores=scores,
        logits=found.logits,
        heads=found.heads,
        alone=selected.alone,
    )


def _check(
    task: Task, recipe: Recipe, blocks: Blocks, labels: Labels, titles: Sequence[str]
) -> None:
    rows, classes = len(titles), len(task.classes)
    for name, own in blocks.items():
        if own.ndim != 2 or len(own) != rows or labels.shape != (rows, classes):
            raise ValueError(
                f"task {task.name}: embeddings {own.shape} ({name}) and labels {labels.shape} do "
                f"not fit {rows} rows of {classes} classes"
            )
        if not np.isfinite(own).all():
            raise ValueError(
                f"task {task.name}: NaN or infinity in the embeddings ({name}); embed again"
            )
    if np.isinf(labels).any():
        raise ValueError(f"task {task.name}: a label is infinite; correct or remove it")
    if recipe.has_thresholds and not np.isin(labels[~np.isnan(labels)], (0, 1)).all():
        raise ValueError(f"task {task.name}: labels are 0 or 1 here; correct the others")
