"""Pacing: the rules for the breaks of a whole title, and the best set of breaks that keeps them."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from app.ads.records import Pacing

HOUR = 3600


@dataclass(frozen=True, order=True)
class Candidate:
    """A place that may be a break. They sort best first, then by title and time."""

    rank: float
    """The score's negative."""
    title: tuple[str, str]
    """Name and id."""
    frame: int
    place: int


def choose(
    candidates: Iterable[Candidate], limit: int, pacing: Pacing, rates: Mapping[str, Fraction]
) -> list[Candidate]:
    """Return the set of breaks with the greatest sum of scores under all rules, best first.

    The rules limit how many of the candidates in a row are taken: those nearer to each other than
    the distance, those of an hour, of a title, of all. The matrix of such a linear program is
    totally unimodular, so its solution takes each candidate or leaves it.

    Args:
        candidates: of any number of titles.
        limit: the most breaks in all.
        pacing: the rules for each title.
        rates: frames a second by title id; times are exact on each title's own frames.
    """
    ordered = sorted(
        _promising(candidates, limit), key=lambda each: (each.title, each.frame, each.place)
    )
    if not ordered or limit == 0:
        return []
    program = _Program(len(ordered))
    first = 0
    for (_, title_id), group in groupby(ordered, key=lambda each: each.title):
        frames = np.array([each.frame for each in group])
        for start, end, most in _windows(frames, pacing, rates[title_id]):
            program.allow(first + start, first + end, most)
        first += len(frames)
    program.allow(0, len(ordered), limit)
    taken = program.solve([-each.rank for each in ordered])
    return sorted(ordered[place] for place in taken)


def _promising(candidates: Iterable[Candidate], limit: int) -> Sequence[Candidate]:
    """Leave out candidates that cannot be among the best ``limit``.

    Let ``limit`` titles have a better one. Then a set with this candidate leaves one of these
    titles out, and is worth more with the best of that title in its place.
    """
    found = list(candidates)
    best: dict[tuple[str, str], float] = {}
    for each in found:
        best[each.title] = min(each.rank, best.get(each.title, math.inf))
    if not 0 < limit <= len(best):
        return found
    bar = sorted(best.values())[limit - 1]
    return [each for each in found if each.rank <= bar]


def _windows(
    frames: NDArray[np.int64], pacing: Pacing, fps: Fraction
) -> Iterator[tuple[int, int, int]]:
    """Yield runs of a title's candidates, ends exclusive, and how many of each may be taken."""
    yield 0, len(frames), len(frames) if pacing.per_title is None else pacing.per_title
    for seconds, most in ((pacing.min_distance, 1), (HOUR, pacing.within_an_hour)):
        if most is None:
            continue
        ends = np.searchsorted(frames, frames + max(1, math.ceil(Fraction(seconds) * fps)))
        reached = 0
        for start, end in enumerate(ends.tolist()):
            # A run inside the one before says nothing more.
            if end > reached:
                yield start, end, most
                reached = end


class _Program:
    """A linear program over n candidates in a row.

    Variable i, from 0 to n, says how many of the first i candidates are taken.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._rows: list[tuple[int, int, int]] = []

    def allow(self, start: int, end: int, most: int) -> None:
        """Let at most ``most`` of the candidates [start, end) be taken."""
        self._rows.append((start, end, most))

    def solve(self, values: Sequence[float]) -> list[int]:
        """Return the candidates to take so that the sum of their values is greatest."""
        # Imported here: the server is up without them.
        from scipy.optimize import linprog  # type: ignore[import-untyped]
        from scipy.sparse import csr_array  # type: ignore[import-untyped]

        starts, ends, most = (np.array(each) for each in zip(*self._rows, strict=True))
        rows = np.arange(len(starts))
        signs = np.repeat([1.0, -1.0, -1.0, 1.0], [len(rows), len(rows), self._count, self._count])
        places = np.arange(self._count)
        # Below the limits: the sums never fall.
        row = np.concatenate((rows, rows, len(rows) + places, len(rows) + places))
        column = np.concatenate((ends, starts, places + 1, places))
        limits = np.concatenate((most, np.zeros(self._count)))
        matrix = csr_array((signs, (row, column)), shape=(len(limits), self._count + 1))
        costs = np.zeros(self._count + 1)
        costs[1:] -= values
        costs[:-1] += values
        solved = linprog(costs, matrix, limits, bounds=(0, self._count), method="highs-ds")
        counts = np.rint(solved.x)
        taken: list[int] = np.flatnonzero(np.diff(counts)).tolist()
        return taken
