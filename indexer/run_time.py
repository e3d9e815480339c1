"""The time of a run: an estimate before it, measurements for the next one, and advice after it."""

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from indexer.advice import LONG, Spent, expected, quicker
from indexer.listener import Listener
from indexer.preparation import Plan
from indexer.report import TitleResult
from indexer.stages import text
from indexer.timings import Timings


class RunTime:
    """The clock of one run; it starts when created."""

    def __init__(self, timings: Timings, listener: Listener) -> None:
        self._timings = timings
        self._listener = listener
        self._began = time.monotonic()
        self._cores = _core_seconds()

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    def plan(self, plans: Iterable[Plan]) -> None:
        """Report the expected time of the run."""
        needed = [plan for plan in plans if plan.stages]
        work = sum(plan.seconds for plan in needed)
        self._listener.planned(work)
        clock = self._timings.clock(work)
        if clock >= LONG:
            film = sum(plan.film_seconds for plan in needed)
            self._listener.message(expected(len(needed), film, clock))

    def learn(self, stages: Mapping[str, float]) -> None:
        """Learn the run's speed for the next estimate."""
        work = sum(stages.values())
        if work >= LONG:  # A shorter run is mostly the start of the process.
            self._timings.learn_clock(work, self.seconds)

    def advice(
        self,
        stages: Mapping[str, float],
        results: Mapping[Path, TitleResult],
        transcribed: Collection[Path],
        jobs: int,
        profile: str,
    ) -> tuple[str, ...]:
        """Return lines of advice on making the run faster.

        Args:
            stages: as ``stages_of`` returns them.
            results: of the titles, by film.
            transcribed: the films whose text is a transcription.
            jobs: how many titles were processed at a time.
            profile: its name.
        """
        spoken = sum(
            seconds
            for path in transcribed
            for name, seconds in _times(results[path])
            if name == text.NAME
        )
        changed = sum(not each.unchanged for each in results.values())
        cores = _core_seconds() - self._cores
        return quicker(Spent(stages, spoken, self.seconds, cores, changed, jobs, profile))


def stages_of(results: Iterable[TitleResult], fitting: float | None) -> dict[str, float]:
    """Return the seconds of each stage over all titles, with those of fitting an encoder."""
    stages: dict[str, float] = {}
    for result in results:
        for name, seconds in _times(result):
            stages[name] = stages.get(name, 0.0) + seconds
    return stages if fitting is None else stages | {"encoder": fitting}


def _times(result: TitleResult) -> Iterator[tuple[str, float]]:
    """Yield the stages of a title that ran, with their seconds."""
    for each in result.times:
        if each.seconds is not None:
            yield each.stage, each.seconds


def _core_seconds() -> float:
    """Return the seconds that this process and its children have computed, on all cores."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
