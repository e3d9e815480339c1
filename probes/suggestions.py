"""Active labelling: the items whose label would teach a probe most.

Doubt alone asks for the same hard item many times over. As in weighted k-means (Zhdanov 2019,
"Diverse mini-batch Active Learning"), the most doubtful items are clustered with doubt as weight,
and the one nearest to each centre is asked for. Everything is deterministic: the same items,
scores and labels give the same suggestions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probes.metrics import Scores, Values
from probes.probe import Matrix
from probes.tasks import ScoreKind, TaskKind

Rows = NDArray[np.intp]

POOL = 10
"""The most doubtful items that are clustered, per item asked for; Zhdanov's beta."""

ROUNDS = 20
"""Of k-means, at most."""

ASKED = 3
"""Classes that one item of a multi-label task is asked for, at most."""

RANKED_TOGETHER = 4
"""Clips of one title in a ranking: a clip alone ranks above nothing."""


@dataclass(frozen=True)
class Suggestion:
    """An item to label: its ``row``, and the columns of the ``classes`` it is asked for.

    The classes are those most in doubt, in that order; empty where nothing is known yet, which
    asks for all.
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
) -> list[Suggestion]:
    """Choose items to label, the most telling first, spread over titles.

    With a trained probe's scores: doubt with diversity. With zero-shot scores, which are no
    probabilities: half likely positives of each class in turn, half diversity alone. Without
    scores: diversity alone. For a ranking: a few clips each of the titles with the fewest labels,
    spread from the lowest score to the highest.

    Args:
        kind: of the task.
        embeddings: [n, d] float32, those the probe stands on.
        titles: the title id of each row.
        labelled: [n], True where anybody has labelled the item for the task; never suggested.
        count: how many, at most.
        scores: [n, classes] in 0..1; a class with NaN is left out.
        score_kind: where the scores come from.

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
        chosen = _ranked(of_row, labelled, usable, count)
        return [Suggestion(row, (0,)) for row in chosen]
    quota = _Quota(of_row, free, count)
    if usable is None:
        _take_spread(quota, embeddings, np.ones(rows), free)
    elif score_kind == "zero-shot":
        _take_likely(quota, usable, free, (count + 1) // 2)
        _take_spread(quota, embeddings, np.ones(rows), np.setdiff1d(free, quota.chosen))
    else:
        doubts = doubt(usable).mean(axis=1)
        pool = free[np.argsort(-doubts[free], kind="stable")][: POOL * count]
        _take_spread(quota, embeddings, doubts, pool)
        quota.take(pool)
    quota.take(free)
    return [Suggestion(row, _asked(row, usable, known)) for row in quota.chosen]


def doubt(scores: Scores) -> Values:
    """Return [n, classes] in 0..1: the variance of a yes or no of probability ``scores``, times 4.

    It is largest at a half, so among rare classes it leans to the likely positives.
    """
    found: Values = 4.0 * scores * (1.0 - scores)
    return found


class _Quota:
    """What is chosen so far: at most ``count`` rows, no title more often than its share."""

    def __init__(self, of_row: Rows, free: Rows, count: int) -> None:
        self._of_row = of_row
        self._count = min(count, len(free))
        titles = len(np.unique(of_row[free]))
        self._most = -(-self._count // titles)
        self._taken = np.zeros(int(of_row.max()) + 1, dtype=np.intp)
        self.chosen: list[int] = []

    @property
    def left(self) -> int:
        """How many are still to be chosen."""
        return self._count - len(self.chosen)

    def first(self, order: Iterable[int]) -> int | None:
        """Take the first row of ``order`` whose title is not used up, and return it."""
        for row in order:
            if self._taken[self._of_row[row]] < self._most and row not in self.chosen:
                self._taken[self._of_row[row]] += 1
                self.chosen.append(int(row))
                return int(row)
        return None

    def take(self, order: Rows) -> None:
        """Fill up from ``order``, as titles allow; then whatever the title."""
        while self.left and self.first(order) is not None:
            pass
        rest = [int(row) for row in order if row not in self.chosen]
        self.chosen += rest[: self.left]


def _take_likely(quota: _Quota, scores: Values, free: Rows, count: int) -> None:
    """Take the highest-scored rows of each class in turn, until ``count`` are taken."""
    orders = [free[np.argsort(-column, kind="stable")] for column in scores[free].T]
    for turn in range(count):
        quota.first(orders[turn % len(orders)])


def _take_spread(quota: _Quota, embeddings: Matrix, weight: Values, pool: Rows) -> None:
    """Take the row nearest to each centre of weighted k-means, the heaviest cluster first."""
    if not quota.left or not len(pool):
        return
    own = embeddings[pool].astype(np.float64)
    own = (own - own.mean(axis=0)) / np.maximum(own.std(axis=0), 1e-9)
    mass = np.maximum(weight[pool], 1e-9)
    centres, cluster = _weighted_means(own, mass, min(quota.left, len(pool)))
    total = np.bincount(cluster, weights=mass, minlength=len(centres))
    for each in np.argsort(-total, kind="stable"):
        distance = ((own - centres[each]) ** 2).sum(axis=1)
        quota.first(pool[np.argsort(distance, kind="stable")])


def _weighted_means(rows: Values, mass: Values, count: int) -> tuple[Values, Rows]:
    """Return centres [count, d] and the cluster [n] of each row, by Lloyd's rounds.

    They start at the row of most mass, and then at the row farthest from all starts, in squared
    distance times mass: k-means++ without its dice.
    """
    starts = [int(mass.argmax())]
    nearest = _distance(rows, rows[starts]).min(axis=1)
    while len(starts) < count:
        starts.append(int((nearest * mass).argmax()))
        nearest = np.minimum(nearest, _distance(rows, rows[starts[-1:]])[:, 0])
    centres = rows[starts]
    cluster = _distance(rows, centres).argmin(axis=1)
    for _ in range(ROUNDS):
        share = (cluster == np.arange(count)[:, None]) * mass
        total = share.sum(axis=1, keepdims=True)
        centres = np.where(total > 0, share @ rows / np.maximum(total, 1e-12), centres)
        moved = _distance(rows, centres).argmin(axis=1)
        if (moved == cluster).all():
            break
        cluster = moved
    return centres, cluster


def _distance(rows: Values, centres: Values) -> Values:
    """Return squared distances [n, centres]."""
    found: Values = (rows**2).sum(axis=1)[:, None] - 2 * rows @ centres.T + (centres**2).sum(axis=1)
    return np.maximum(found, 0.0)


def _ranked(
    of_row: Rows, labelled: NDArray[np.bool_], scores: Values | None, count: int
) -> list[int]:
    """Return clips by title, those of one title evenly over its scores (or over its time)."""
    size = int(of_row.max()) + 1
    done = np.bincount(of_row[labelled], minlength=size)
    chosen: list[int] = []
    for title in np.argsort(done, kind="stable"):
        own = np.flatnonzero((of_row == title) & ~labelled)
        if scores is not None:
            own = own[np.argsort(scores[own].mean(axis=1), kind="stable")]
        wanted = min(RANKED_TOGETHER, len(own), count - len(chosen))
        if wanted > 0 and (wanted > 1 or done[title]):
            chosen += own[np.linspace(0, len(own) - 1, wanted).astype(int)].tolist()
    return chosen


def _asked(row: int, scores: Values | None, known: Rows) -> tuple[int, ...]:
    if scores is None:
        return ()
    order = np.argsort(-doubt(scores[row]), kind="stable")[:ASKED]
    return tuple(known[order].tolist())
