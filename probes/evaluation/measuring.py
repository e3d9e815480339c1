"""Measurement of a task on every representation, on the same rows, folds and resamples."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from probes.blocks import IN_CONTEXT, PROBE
from probes.evaluation.comparing import Comparison, compare
from probes.evaluation.curves import bins_of, calling, pooled_curve, precision_recall
from probes.evaluation.examples import class_examples, ranking_examples
from probes.evaluation.records import (
    ClassEvaluation,
    Curve,
    LeftOut,
    TaskEvaluation,
)
from probes.evaluation.scoring import UnseenScores, score_unseen
from probes.label_counts import ClassCounts
from probes.metrics import Labels, Scores
from probes.probe import Matrix
from probes.recipes import recipe_for
from probes.settings import DEFAULTS, ProbeSettings
from probes.tasks import Task


def evaluate_task(
    task: Task,
    representations: Mapping[str, Matrix],
    labels: Labels,
    titles: Sequence[str],
    *,
    choice: Sequence[str] = (),
    reference: str = IN_CONTEXT,
    scored: Mapping[str, Scores] = {},
    held_out: NDArray[np.bool_] | None = None,
    settings: ProbeSettings = DEFAULTS,
    seed: int = 0,
    progress: Callable[[float], None] = lambda _done: None,
) -> TaskEvaluation:
    """Measure linear heads on each representation, and compare them with the reference.

    Strengths are chosen for each representation by cross-validation nested in the folds, all by
    title. Intervals are by bootstrap over titles, with the same draws for all columns.

    Args:
        task: whose classes are the columns of ``labels``.
        representations: name to embeddings [n, d] float32, in the order of the columns; each is
            read once.
        labels: [n, classes]: 0 or 1, or any finite number for a ranking; NaN where not labelled.
        titles: the title id of each row.
        choice: representations that a probe chooses its blocks from, the simplest first; that
            probe is a column too, ``PROBE``.
        reference: the column that all others are compared with.
        scored: name to given scores [n, classes], measured on the same rows; NaN counts as 0.
        held_out: [n], True for rows that are only measured; everything is trained and chosen on
            the others. Without it every row is measured by heads that have not seen its title.
        settings: of the training, and the resamples of titles for the intervals.
        seed: of the resamples.
        progress: called with the part that is done, 0..1.

    Raises:
        ValueError: shapes, names or values that do not fit, a title on both sides of the split,
            or no class with enough labels.
    """
    columns = [*representations, PROBE] if choice else list(representations)
    _check(task, columns, labels, titles, reference, scored, held_out)
    steps = 2 * len(columns) + len(scored)
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        progress(done / steps)

    measured: dict[str, UnseenScores] = {}
    for name in columns:
        if name in choice:
            continue
        own = {each: representations[each] for each in (choice if name == PROBE else (name,))}
        measured[name] = score_unseen(task, own, labels, titles, held_out, settings)
        for _ in own:
            tick()
    kept = measured[PROBE if reference in choice else reference]
    known = labels[np.ix_(kept.rows, kept.classes)]
    names = np.asarray(titles, dtype=str)[kept.rows].tolist()
    trained = [task.class_names[each] for each in kept.classes]
    counts = recipe_for(task.kind).count(trained, known, names)
    shown = np.flatnonzero([each.titles for each in counts])
    if not len(shown):
        raise ValueError(
            f"task {task.name}: nothing to measure among the held-out rows; label some of them"
        )
    known, kept = known[:, shown], kept.of_classes(shown)
    orders = {name: each.order[:, shown] for name, each in measured.items()}
    if choice:
        orders |= {name: each[:, shown] for name, each in measured[PROBE].alone.items()}
    scores = [orders[name] for name in columns] + [
        np.nan_to_num(ready[np.ix_(kept.rows, kept.classes)], nan=0.0) for ready in scored.values()
    ]
    place = columns.index(reference)
    compared = compare(task.kind, known, scores, names, place, settings.resamples, seed, tick)
    yes_or_no = task.kind != "ranking"
    return TaskEvaluation(
        task=task.name,
        kind=task.kind,
        level=task.level,
        columns=(*columns, *scored),
        reference=reference,
        scored=tuple(scored),
        folds=kept.folds,
        held_out=held_out is not None,
        items=len(names),
        titles=len(set(names)),
        labels=int((~np.isnan(known)).sum()),
        learned_items=kept.learned,
        resamples=settings.resamples,
        seed=seed,
        measures=compared.measures,
        curves=_curves(known, scores) if yes_or_no else (),
        bins=bins_of(known.ravel(), kept.scores.ravel()) if yes_or_no else None,
        classes=tuple(
            _class_evaluation(counts[each], at, known, names, kept, compared, yes_or_no)
            for at, each in enumerate(shown)
        ),
        left_out=_left_out(task, kept),
        blocks=measured[PROBE].blocks if choice else (),
    )


def _class_evaluation(
    counts: ClassCounts,
    at: int,
    labels: Labels,
    titles: Sequence[str],
    found: UnseenScores,
    compared: Comparison,
    yes_or_no: bool,
) -> ClassEvaluation:
    """Return the results of one class, column ``at`` of the labels [m, classes]."""
    truth, scores, order = labels[:, at], found.scores[:, at], found.order[:, at]
    chosen = class_examples if yes_or_no else ranking_examples
    threshold = float(found.thresholds[at])
    return ClassEvaluation(
        name=counts.name,
        labelled=counts.labelled,
        positives=counts.positives,
        titles=counts.titles,
        chance=float(compared.class_chance[at]),
        cells=compared.class_cells[at],
        curve=precision_recall(truth, scores) if yes_or_no else None,
        bins=bins_of(truth, scores) if yes_or_no else None,
        calling=calling(truth, found.called[:, at], threshold) if yes_or_no else None,
        examples=chosen(truth, order, scores, titles, found.rows),
    )


def _curves(labels: Labels, columns: Sequence[Scores]) -> tuple[Curve, ...]:
    found = [pooled_curve(labels, scores) for scores in columns]
    return tuple(each for each in found if each is not None)


def _left_out(task: Task, measured: UnseenScores) -> tuple[LeftOut, ...]:
    nothing = (
        "no held-out title ranks differently" if task.kind == "ranking" else "no held-out positives"
    )
    return tuple(
        LeftOut(each.name, each.lacks or nothing)
        for at, each in enumerate(measured.counts)
        if at not in measured.classes
    )


def _check(
    task: Task,
    columns: Sequence[str],
    labels: Labels,
    titles: Sequence[str],
    reference: str,
    scored: Mapping[str, Scores],
    held_out: NDArray[np.bool_] | None,
) -> None:
    if reference not in columns:
        raise ValueError(
            f"task {task.name}: the reference {reference!r} is not among the representations "
            f"{list(columns)}"
        )
    twice = set(columns) & set(scored)
    if twice:
        raise ValueError(f"task {task.name}: {sorted(twice)[0]!r} names two columns; rename one")
    shape = (len(titles), len(task.classes))
    for name, ready in scored.items():
        if ready.shape != shape or np.isinf(ready).any():
            raise ValueError(
                f"task {task.name}: scores {name!r} of shape {ready.shape} must be finite or NaN, "
                f"of shape {shape}"
            )
    if labels.shape != shape:
        raise ValueError(f"task {task.name}: labels {labels.shape} must be of shape {shape}")
    if held_out is None:
        return
    if held_out.shape != shape[:1] or held_out.dtype != np.bool_:
        raise ValueError(f"task {task.name}: held_out must be {shape[0]} flags, True or False")
    names = np.asarray(titles, dtype=str)
    both = np.intersect1d(names[held_out], names[~held_out])
    if len(both):
        raise ValueError(
            f"task {task.name}: title {str(both[0])!r} is on both sides of the split; "
            "hold out whole titles"
        )
