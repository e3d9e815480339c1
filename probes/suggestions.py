"""Active learning: the items whose labels would improve a probe most.

Uncertainty alone suggests many near-copies of one hard item. So the most uncertain items are
clustered by k-means, weighted by their uncertainty, and the item nearest to each centre is
suggested (Zhdanov 2019, "Diverse mini-batch Active Learning"). The same items, scores and labels
give the same suggestions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from probes.metrics import Scores, Values
from probes.probe import Matrix
from probes.settings import DEFAULTS, ProbeSettings
from probes.tasks import ScoreKind, TaskKind

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Suggestion:
    """An item to label: its ``row``, and the columns of the ``classes`` to label.

    The classes are the most uncertain ones, in that order; empty means all, where nothing is known
    yet.
    """

    row: int
    classes: tuple[int, ...]


def suggest(
    kind: TaskKind,
    embeddings: Matrix,
    titles: Sequence[str],
    labelled: NDArray[np.bool_],
    count: int,
    *,
    scores: Scores | None = None,
    score_kind: ScoreKind = "trained",
    settings: ProbeSettings = DEFAULTS,
) -> list[Suggestion]:
    """Choose items to label, the most useful first, spread over titles.

    With the scores of a trained probe, items are chosen by uncertainty and diversity. Zero-shot
    scores are no probabilities: half of the items are likely positives of each class in turn, half
    are chosen by diversity alone. Without scores all are. For a ranking, a few clips each of the
    titles with the fewest labels are chosen, from the lowest score to the highest.

    Args:
        kind: of the task.
        embeddings: [n, d] float32, those that the probe reads.
        titles: the title id of each row.
        labelled: [n], True where somebody has labelled the item for the task; never suggested.
        count: of suggestions, at most.
        scores: [n, classes] in 0..1; a class with NaN is left out.
        score_kind: where the scores come from.
        settings: how many items, classes and clips are suggested together.

    Raises:
        ValueError: shapes that do not fit.
    """
    rows = len(titles)
    shapes = (len(embeddings), len(labelled), rows if scores is None else len(scores))
    if embeddings.ndim != 2 or shapes != (rows, rows, rows):
        raise ValueError(f"embeddings, labels and scores of {shapes} rows do not fit {rows} items")
    free = np.flatnonzero(~labelled)
    if not len(free) or count < 1:
        return []
    known = np.empty(0, dtype=np.intp)
    if scores is not None:
        known = np.flatnonzero(~np.isnan(scores).any(axis=0))
    usable = None if scores is None or not len(known) else scores[:, known].astype(np.float64)
    of_row = np.unique(np.asarray(titles, dtype=str), return_inverse=True)[1]
    if kind == "ranking":
        chosen = _ranked(of_row, labelled, usable, count, settings.suggested_ranking)
        return [Suggestion(row, (0,)) for row in chosen]
    quota = _Quota(of_row, free, count)
    if usable is None:
        _take_spread(quota, embeddings, np.ones(rows), free)
    elif score_kind == "zero-shot":
        _take_likely(quota, usable, free, (count + 1) // 2)
        _take_spread(quota, embeddings, np.ones(rows), np.setdiff1d(free, quota.chosen))
    else:
        unsure = uncertainty(usable).mean(axis=1)
        pool = free[np.argsort(-unsure[free], kind="stable")][: settings.suggestion_pool * count]
        _take_spread(quota, embeddings, unsure, pool)
        quota.take(pool)
    quota.take(free)
    most = settings.suggested_classes
    return [Suggestion(row, _unsure_classes(row, usable, known, most)) for row in quota.chosen]


def uncertainty(scores: Scores) -> Values:
    """Return [n, classes] in 0..1: four times the variance of a yes of probability ``scores``.

    It is largest at a half, so of rare classes it prefers the likely positives.
    """
    found: Values = 4.0 * scores * (1.0 - scores)
    return found


class _Quota:
    """The rows chosen so far: at most ``count``, and of each title at most its share."""

    def __init__(self, of_row: Rows, free: Rows, count: int) -> None:
        self._of_row = of_row
        self._count = min(count, len(free))
        titles = len(np.unique(of_row[free]))
        self._most = -(-self._count // titles)
        self._taken = np.zeros(int(of_row.max()) + 1, dtype=np.intp)
        self.chosen: list[int] = []

    @property
    def left(self) -> int:
        """How many rows are still to be chosen."""
        return self._count - len(self.chosen)

    def take_first(self, order: Iterable[int]) -> int | None:
        """Take the first row of ``order`` whose title has not had its share, and return it."""
        for row in order:
            if self._taken[self._of_row[row]] < self._most and row not in self.chosen:
                self._taken[self._of_row[row]] += 1
                self.chosen.append(int(row))
                return int(row)
        return None

    def take(self, order: Rows) -> None:
        """Fill up from ``order``: first within the shares of titles, then regardless of them."""
        while self.left and self.take_first(order) is not None:
            pass
        rest = [int(row) for row in order if row not in self.chosen]
        self.chosen += rest[: self.left]


def _take_likely(quota: _Quota, scores: Values, free: Rows, count: int) -> None:
    """Take ``count`` rows: the highest-scored of each class in turn."""
    orders = [free[np.argsort(-column, kind="stable")] for column in scores[free].T]
    for turn in range(count):
        quota.take_first(orders[turn % len(orders)])


def _take_spread(quota: _Quota, embeddings: Matrix, weight: Values, pool: Rows) -> None:
    """Take the row nearest to each centre of weighted k-means, the heaviest cluster first."""
    if not quota.left or not len(pool):
        return
    rows = StandardScaler().fit_transform(embeddings[pool])
    mass = np.maximum(weight[pool], 1e-9)
    count = min(quota.left, len(np.unique(rows, axis=0)))
    means = KMeans(count, n_init=1, random_state=0).fit(rows, sample_weight=mass)
    total = np.bincount(means.labels_, weights=mass, minlength=count)
    distances = means.transform(rows)
    for cluster in np.argsort(-total, kind="stable"):
        quota.take_first(pool[np.argsort(distances[:, cluster], kind="stable")])


def _ranked(
    of_row: Rows, labelled: NDArray[np.bool_], scores: Values | None, count: int, together: int
) -> list[int]:
    """Return up to ``together`` clips of each title, spread evenly over its scores or its time.

    The only clip of a title is left out, as there is nothing to rank it against.
    """
    size = int(of_row.max()) + 1
    done = np.bincount(of_row[labelled], minlength=size)
    chosen: list[int] = []
    for title in np.argsort(done, kind="stable"):
        own = np.flatnonzero((of_row == title) & ~labelled)
        if scores is not None:
            own = own[np.argsort(scores[own].mean(axis=1), kind="stable")]
        wanted = min(together, len(own), count - len(chosen))
        if wanted > 0 and (wanted > 1 or done[title]):
            chosen += own[np.linspace(0, len(own) - 1, wanted).astype(int)].tolist()
    return chosen


def _unsure_classes(row: int, scores: Values | None, known: Rows, most: int) -> tuple[int, ...]:
    if scores is None:
        return ()
    order = np.argsort(-uncertainty(scores[row]), kind="stable")[:most]
    return tuple(known[order].tolist())
