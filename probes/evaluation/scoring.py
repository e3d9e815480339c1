"""Scores of rows by heads that were not trained on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from probes.calibration import best_thresholds
from probes.label_counts import ClassCounts
from probes.metrics import Labels, Values
from probes.probe import Matrix
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

    def of_classes(self, chosen: Rows) -> "UnseenScores":
        """Return the scores of some of ``classes``, by their numbers among them."""
        return replace(
            self,
            classes=self.classes[chosen],
            scores=self.scores[:, chosen],
            order=self.order[:, chosen],
            thresholds=self.thresholds[chosen],
            called=self.called[:, chosen],
        )


def score_unseen(
    task: Task,
    embeddings: Matrix,
    labels: Labels,
    titles: Sequence[str],
    held_out: NDArray[np.bool_] | None,
    settings: ProbeSettings = DEFAULTS,
) -> UnseenScores:
    """Score all rows out of fold or, where a split is given, the rows held out.

    Args:
        task: whose classes are the columns of ``labels``.
        embeddings: [n, d] float32.
        labels: [n, classes], NaN where not labelled.
        titles: the title id of each row.
        held_out: [n], True for rows that are measured and not trained on.
        settings: of the training.

    Raises:
        ValueError: as for ``train_probe``.
    """
    names = np.asarray(titles, dtype=str)
    learn = np.arange(len(names)) if held_out is None else np.flatnonzero(~held_out)
    # The intervals are made later, on the same resamples for all representations.
    without_intervals = settings.model_copy(update={"resamples": 1})
    trained = train_probe(
        task, embeddings[learn], labels[learn], names[learn].tolist(), without_intervals
    )
    classes = np.flatnonzero([not each.lacks for each in trained.counts])
    if held_out is None:
        rows = learn[trained.rows]
        scores, logits = trained.scores, trained.logits
        called = _called_across_folds(trained, labels[np.ix_(rows, classes)])
    else:
        known = ~np.isnan(labels[:, classes]).all(axis=1)
        rows = np.flatnonzero(held_out & known)
        scores = trained.probe.scores(embeddings[rows]).astype(np.float64)
        logits = trained.heads.logits(embeddings[rows])
        called = scores >= trained.thresholds
    return UnseenScores(
        rows=rows,
        classes=classes,
        scores=scores,
        order=scores if trained.reliability is not None else logits.astype(np.float64),
        thresholds=trained.thresholds,
        called=called,
        counts=trained.counts,
        learned=len(trained.rows),
        folds=int(trained.folds.max()) + 1,
    )


def _called_across_folds(trained: TrainedProbe, labels: Labels) -> NDArray[np.bool_]:
    called = np.zeros(labels.shape, dtype=bool)
    if trained.reliability is None:
        return called
    for fold in np.unique(trained.folds):
        held = trained.folds == fold
        called[held] = trained.scores[held] >= best_thresholds(trained.scores[~held], labels[~held])
    return called
