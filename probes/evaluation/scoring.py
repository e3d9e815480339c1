"""Scores of rows by heads that were not trained on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from probes.calibration import best_thresholds
from probes.label_counts import ClassCounts
from probes.metrics import Labels, Values
from probes.probe import Blocks, Matrix, joined
from probes.reading import BlockRecord
from probes.selection import Chosen
from probes.settings import DEFAULTS, ProbeSettings
from probes.tasks import Task
from probes.training import TrainedProbe, train_probe

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class UnseenScores:
    """Calibrated scores of m measured rows, for the trained classes of a task."""

    rows: Rows
    """[m], of the rows given."""
    classes: Rows
    """[classes], columns of the labels given."""
    scores: Values
    """[m, classes]."""
    order: Values
    """[m, classes]: the scores to measure. Raw logits for a ranking: calibration would flatten a
    poor order and so hide how far it is from chance."""
    thresholds: Values
    """[classes], chosen on all rows; NaN for a ranking."""
    called: NDArray[np.bool_]
    """[m, classes]: at or above a threshold that was chosen without the row's title."""
    counts: tuple[ClassCounts, ...]
    """Of every class of the task, in the rows of the training."""
    learned: int
    """How many rows the heads were trained on."""
    folds: int
    blocks: tuple[BlockRecord, ...]
    """Those that are read, then those left out, as measured on the rows of the training."""
    alone: Mapping[str, Values]
    """As ``order``, by heads on each block alone, by its name."""

    def of_classes(self, chosen: Rows) -> "UnseenScores":
        """Return the scores of some of ``classes``, by their numbers among them."""
        return replace(
            self,
            classes=self.classes[chosen],
            scores=self.scores[:, chosen],
            order=self.order[:, chosen],
            thresholds=self.thresholds[chosen],
            called=self.called[:, chosen],
            alone={name: order[:, chosen] for name, order in self.alone.items()},
        )


def score_unseen(
    task: Task,
    blocks: Blocks,
    labels: Labels,
    titles: Sequence[str],
    held_out: NDArray[np.bool_] | None,
    settings: ProbeSettings = DEFAULTS,
) -> UnseenScores:
    """Score all rows out of fold or, where a split is given, the rows held out.

    Args:
        task: whose classes are the columns of ``labels``.
        blocks: to choose from, the simplest first: [n, d] float32 each.
        labels: [n, classes], NaN where not labelled.
        titles: the title id of each row.
        held_out: [n], True for rows that are measured and not trained on.
        settings: of the training.

    Raises:
        ValueError: as for ``train_probe``.
    """
    names = np.asarray(titles, dtype=str)
    learn = np.arange(len(names)) if held_out is None else np.flatnonzero(~held_out)
    if len(blocks) == 1:
        # There is nothing to say of blocks, and other intervals are made later, on the same
        # resamples for all representations.
        settings = settings.model_copy(update={"resamples": 1})
    known = {name: rows[learn] for name, rows in blocks.items()}
    trained = train_probe(task, known, labels[learn], names[learn].tolist(), settings)
    classes = np.flatnonzero([not each.lacks for each in trained.counts])
    learned = learn[trained.rows]
    truth = labels[np.ix_(learned, classes)]
    ranks = trained.reliability is None
    if held_out is None:
        rows = learned
        scores, logits = trained.scores, trained.logits
        called = _called_across_folds(trained, truth)
        orders = {name: _order(each, ranks) for name, each in trained.alone.items()}
    else:
        rows = np.flatnonzero(held_out & ~np.isnan(labels[:, classes]).all(axis=1))
        there = {name: own[rows] for name, own in blocks.items()}
        judged = joined(there, trained.heads.reads)
        scores = trained.probe.scores(judged).astype(np.float64)
        logits = trained.heads.logits(judged)
        called = scores >= trained.thresholds
        orders = {
            name: _order_of_others(each, there[name], ranks) for name, each in trained.alone.items()
        }
    return UnseenScores(
        rows=rows,
        classes=classes,
        scores=scores,
        order=logits.astype(np.float64) if ranks else scores,
        thresholds=trained.thresholds,
        called=called,
        counts=trained.counts,
        learned=len(trained.rows),
        folds=int(trained.folds.max()) + 1,
        blocks=trained.blocks,
        alone=orders,
    )


def _order(found: Chosen, ranks: bool) -> Values:
    """Return scores of the rows of the training, out of fold, as ``UnseenScores.order``."""
    return found.logits.astype(np.float64) if ranks else found.scores


def _order_of_others(found: Chosen, block: Matrix, ranks: bool) -> Values:
    """Return the same of other rows [n, d]."""
    logits = found.heads.logits(block)
    return logits.astype(np.float64) if ranks else found.calibration.probabilities(logits)


def _called_across_folds(trained: TrainedProbe, labels: Labels) -> NDArray[np.bool_]:
    called = np.zeros(labels.shape, dtype=bool)
    if trained.reliability is None:
        return called
    for fold in np.unique(trained.folds):
        held = trained.folds == fold
        called[held] = trained.scores[held] >= best_thresholds(trained.scores[~held], labels[~held])
    return called
