"""Rounds over many titles: an error of one title is recorded, and the others continue."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.errors import ReelfindError, cause_of
from indexer.executors.base import Executor, TitleRun
from indexer.listener import Listener, StoppedError
from indexer.report import TitleResult
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.timings import Timings

Results = dict[Path, TitleResult]
"""The result of each title, by the path of its film."""


@dataclass(frozen=True)
class Round:
    """The work of a round on each title: stages, and functions to call before and after them."""

    stages: tuple[Stage[TitleWork], ...]
    before: Callable[[TitleWork], None] = lambda _: None
    after: Callable[[TitleWork], None] = lambda _: None


@dataclass(frozen=True)
class Rounds:
    """Runs rounds on an executor. With ``force`` all stages run again; with ``debug`` unexpected
    errors are not caught."""

    executor: Executor
    listener: Listener
    timings: Timings
    force: bool
    debug: bool

    def run(self, works: Sequence[TitleWork], what: Round, results: Results) -> list[TitleWork]:
        """Run a round, record times and errors in ``results``, and return the titles without error.

        Raises:
            StoppedError: the listener stopped the run.
        """
        began: dict[str, float] = {}

        def runs() -> Iterator[TitleRun]:
            for work in works:
                began[work.title.title_id] = time.monotonic()
                with self._recorded_failures(work, results):
                    what.before(work)
                    run = TitleRun(work, what.stages, self.force, self.listener, self.timings)
                if _result(work, results).error is None:
                    yield run

        def over(run: TitleRun) -> None:
            work = run.work
            with self._recorded_failures(work, results):
                if run.error is not None:
                    raise run.error
                what.after(work)
                known = _result(work, results)
                worked = known.worked + time.monotonic() - began[work.title.title_id]
                times = (*known.times, *run.times)
                results[work.title.media.path] = replace(known, worked=worked, times=times)

        for work in works:
            results.setdefault(work.title.media.path, _result(work, results))
        self.executor.run(runs(), over)
        return [work for work in works if _result(work, results).error is None]

    def each(
        self, works: Sequence[TitleWork], call: Callable[[TitleWork], None], results: Results
    ) -> None:
        """Call a function with each title, and record errors in ``results``."""
        for work in works:
            with self._recorded_failures(work, results):
                call(work)

    @contextmanager
    def _recorded_failures(self, work: TitleWork, results: Results) -> Iterator[None]:
        """Record an error of a title in its result."""
        try:
            yield
        except StoppedError:
            raise
        except Exception as error:
            if self.debug and not isinstance(error, ReelfindError):
                raise
            path = work.title.media.path
            results[path] = replace(_result(work, results), error=cause_of(error, path))


def _result(work: TitleWork, results: Results) -> TitleResult:
    path, name = work.title.media.path, work.title.metadata.name
    return results.get(path) or TitleResult(path, name, work.title.title_id)
