"""Choice of blocks, head and L2 strengths by nested cross-validation, by title.

The inner folds choose; the outer folds give scores of rows that neither the heads nor the choice
have seen. Heads fitted without folds i and j are inner heads of both outer folds, which halves the
number of fits. They calibrate, too: outer folds may choose other blocks and strengths, and their
logits are then on other scales, but a probability means the same in each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from probes.calibration import Platt
from probes.fits import Fit
from probes.folds import Folds
from probes.forward import Path, Trial, forward_path
from probes.heads import Heads
from probes.intervals import resampled
from probes.metrics import Labels, Metric, Scores, Values, score
from probes.probe import Blocks, Matrix
from probes.reading import Reading, Term

MakeMetric = Callable[[Labels, Scores, Sequence[str]], Metric]
"""A metric of labels and scores [n, classes] over titles [n]; larger is better."""

Calibrate = Callable[[Matrix, Labels, Sequence[str]], Platt]
"""Of logits and labels [n, classes] over titles [n], to probabilities."""

MIN_FOLDS = 3
"""Of nested cross-validation: one to score, and two others to choose on."""
INNER_FOLDS = 4
"""An outer fold chooses on so many others at most: ten folds then cost twice five, not four
times."""
MANY_ROWS = 2_000
"""Of so many, two inner folds hold enough to choose on."""
MULTIPLES = (10.0, 3.0, 1.0, 0.3)
"""Where several blocks are read, each has the strength that it took alone times one of these."""
RESAMPLES = 100
"""Of titles, for a standard error."""


@dataclass(frozen=True)
class Chosen:
    """A choice with its scores.

    ``logits``: [n, classes] float32, out of fold. ``scores``: the same calibrated, each fold on the
    rows that its choice was made on. ``strength``: chosen on all rows, multiplies those of the
    terms of ``reading``. ``fold_strengths``: [folds], chosen without the fold. ``heads``: fitted on
    all rows. ``calibration``: of their logits, not folded in.
    """

    logits: Matrix
    scores: Values
    reading: Reading
    strength: float
    fold_strengths: Values
    heads: Heads
    calibration: Platt


@dataclass(frozen=True)
class Selection:
    """The ``best`` reading, each block ``alone`` by its name, and the ``path`` that led from these
    to that on all rows."""

    best: Chosen
    alone: Mapping[str, Chosen]
    path: Path


def select(
    terms: Sequence[Term],
    fit: Fit,
    metric: MakeMetric,
    calibrate: Calibrate,
    blocks: Blocks,
    labels: Labels,
    titles: Sequence[str],
    folds: Folds,
    strengths: Sequence[float],
) -> Selection:
    """Choose blocks, head and strengths, score every row out of fold, and fit on everything.

    Args:
        terms: the blocks and kinds of heads to choose from, the simplest first.
        fit: of heads.
        metric: to choose by.
        calibrate: logits of one choice.
        blocks: [n, d] float32 each.
        labels: [n, classes], NaN where not labelled.
        titles: the title id of each row.
        folds: [n] the outer fold of each row, 0, 1, ...; inner folds are the others. All rows of
            a title are in one fold.
        strengths: to choose from; the strongest of equally good ones is taken.

    Raises:
        ValueError: fewer than three folds, so that too few are left to choose on.
    """
    count = int(folds.max()) + 1
    if count < MIN_FOLDS:
        raise ValueError(
            f"choosing a strength needs {MIN_FOLDS} folds by title, found {count}: "
            "label another title"
        )
    strongest = sorted(strengths, reverse=True)
    trials = _Trials(fit, metric, calibrate, blocks, labels, titles, folds, strongest)
    without = [trials.path(terms, fold) for fold in range(count)]
    whole = trials.path(terms, None)
    return Selection(
        trials.chosen([path.chosen for path in without], whole.chosen),
        {
            name: trials.chosen([path.best_of(name) for path in without], whole.best_of(name))
            for name in dict.fromkeys(term.block for term in terms)
        },
        whole,
    )


class _Trials:
    """Fits heads without some folds, and keeps the logits of these folds' rows."""

    def __init__(
        self,
        fit: Fit,
        metric: MakeMetric,
        calibrate: Calibrate,
        blocks: Blocks,
        labels: Labels,
        titles: Sequence[str],
        folds: Folds,
        strengths: Sequence[float],
    ) -> None:
        self._fit, self._metric, self._calibrate, self._blocks = fit, metric, calibrate, blocks
        self._labels, self._names, self._folds = labels, np.asarray(titles, dtype=str), folds
        self._strengths = strengths
        self._count = int(folds.max()) + 1
        self._kept: dict[tuple[Reading, frozenset[int]], Matrix] = {}

    def path(self, terms: Sequence[Term], fold: int | None) -> Path:
        """Return the choice for an outer fold, made without it; for None that on all rows."""
        thorough = fold is None
        found = forward_path(terms, lambda reading: self._attempt(reading, fold), thorough)
        if fold is not None:  # What later folds need is without one of them.
            self._kept = {
                (reading, away): logits
                for (reading, away), logits in self._kept.items()
                if len(away) == 1 or max(away) > fold
            }
        return found

    def chosen(self, of_folds: Sequence[Trial], of_all: Trial) -> Chosen:
        """Return the choices of the outer folds and of all rows with their scores."""
        logits = np.empty(self._labels.shape, dtype=np.float32)
        scores = np.empty(self._labels.shape)
        for fold, trial in enumerate(of_folds):
            at, own = list(self._grid(trial.reading)).index(trial.strength), self._folds == fold
            logits[own] = self._logits(trial.reading, frozenset([fold]))[at]
            scores[own] = self._calibration(trial, fold).probabilities(logits[own])
        (heads,) = self._fit(
            self._blocks, of_all.reading, self._labels, self._names.tolist(), [of_all.strength]
        )
        strengths = np.array([trial.strength for trial in of_folds])
        return Chosen(
            logits,
            scores,
            of_all.reading,
            of_all.strength,
            strengths,
            heads,
            self._calibration(of_all, None),
        )

    def _calibration(self, trial: Trial, fold: int | None) -> Platt:
        """Return that of a trial for an outer fold, on the inner ones that it was tried on."""
        rows = np.isin(self._folds, self._inner(fold))
        return self._calibrate(trial.logits, self._labels[rows], self._names[rows].tolist())

    def _attempt(self, reading: Reading, fold: int | None) -> Trial:
        """Try a reading at every strength on the inner folds of an outer one."""
        inner = self._inner(fold)
        rows = np.isin(self._folds, inner)
        names = self._names[rows].tolist()
        logits = np.empty((len(self._grid(reading)), *self._labels.shape), dtype=np.float32)
        for other in inner:
            away = frozenset([other] if fold is None else [fold, other])
            own = np.isin(self._folds, list(away))
            logits[:, self._folds == other] = self._logits(reading, away)[
                :, self._folds[own] == other
            ]
        tried = logits[:, rows]
        metrics = [self._metric(self._labels[rows], each, names) for each in tried]
        values = [float(np.nan_to_num(score(metric, len(names)))) for metric in metrics]
        best = int(np.argmax(values))
        (draws,) = resampled([metrics[best]], names, RESAMPLES, 0)
        strength = self._grid(reading)[best]
        return Trial(reading, strength, tried[best].copy(), metrics[best], values[best], draws)

    def _grid(self, reading: Reading) -> Sequence[float]:
        return self._strengths if len(reading) == 1 else MULTIPLES

    def _inner(self, fold: int | None) -> list[int]:
        """Return the folds to choose on for an outer fold: the nearest ones around a ring."""
        if fold is None:
            return list(range(self._count))
        steps = sorted(range(1, self._count), key=lambda step: min(step, self._count - step))
        most = 2 if len(self._folds) > MANY_ROWS else INNER_FOLDS
        return [(fold + step) % self._count for step in steps[:most]]

    def _logits(self, reading: Reading, away: frozenset[int]) -> Matrix:
        """Return [strengths, rows, classes] of the rows of folds by heads fitted without them."""
        found = self._kept.get((reading, away))
        if found is None:
            held = np.isin(self._folds, list(away))
            blocks = {term.block: self._blocks[term.block] for term in reading}
            every = self._fit(
                {name: rows[~held] for name, rows in blocks.items()},
                reading,
                self._labels[~held],
                self._names[~held].tolist(),
                self._grid(reading),
            )
            judged = np.concatenate([rows[held] for rows in blocks.values()], axis=1)
            found = np.stack([heads.logits(judged) for heads in every])
            self._kept[reading, away] = found
        return found
