"""Schedules the stages of several titles.

While the last stages of one title leave a core idle, the next title is decoded.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from indexer.listener import Listener, StoppedError
from indexer.pipeline import AT_ONCE, is_done, key_of, missing_stages, run_stage
from indexer.report import StageTime
from indexer.stages import decode, points
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.timings import Timings


class TitleRun:
    """The progress of one title: which stages can begin, and the time of those that ran.

    A stage's key is known when its inputs exist. It then begins, unless its result exists
    too. After an ``error`` no further stage of the title begins.
    """

    def __init__(
        self,
        work: TitleWork,
        stages: Sequence[Stage[TitleWork]],
        force: bool,
        listener: Listener,
        timings: Timings,
    ) -> None:
        self.work = work
        self.error: Exception | None = None
        self._stages, self._force = stages, force
        self._listener, self._timings = listener, timings
        self._planned = missing_stages(work, stages, force)
        self._waiting = list(stages) if self._planned else []
        self._running: set[str] = set()
        self._took: dict[str, float] = {}

    @property
    def is_over(self) -> bool:
        """Whether no stage is running or will run."""
        return not self._waiting and not self._running

    @property
    def times(self) -> list[StageTime]:
        """The time of each stage."""
        return [StageTime(stage.name, self._took.get(stage.name)) for stage in self._stages]

    def next(self, busy: Collection[str]) -> Stage[TitleWork] | None:
        """Return a stage to run now, and count it as running; ``busy`` stages have to wait."""
        while stage := self._ready(busy):
            self._waiting.remove(stage)
            self.work.keys[stage.name] = key_of(self.work, stage)
            if self._force or not is_done(self.work, stage):
                self._running.add(stage.name)
                return stage
            if stage.name in self._planned:
                length = self.work.title.media.duration
                self._listener.worked(self._timings.estimate([stage.name], length))
        return None

    def run(self, stage: Stage[TitleWork]) -> float:
        """Run a stage, in any thread, and return the seconds it took."""
        return run_stage(self.work, stage, self._listener, self._timings)

    def ended(self, stage: Stage[TitleWork], seconds: float) -> None:
        """Note that a stage ended."""
        self._running.remove(stage.name)
        self._took[stage.name] = seconds

    def failed(self, stage: Stage[TitleWork], error: Exception) -> None:
        """Note that a stage failed."""
        self._running.remove(stage.name)
        self._waiting.clear()
        self.error = self.error or error

    def _ready(self, busy: Collection[str]) -> Stage[TitleWork] | None:
        """Return a stage whose inputs are all finished, if there is one."""
        unfinished = {stage.name for stage in self._waiting} | self._running
        ready = (stage for stage in self._waiting if not unfinished & set(stage.inputs))
        return next((stage for stage in ready if stage.name not in busy), None)


@dataclass
class Schedule:
    """Runs the stages of ``jobs`` titles at a time, and of the next title on idle cores.

    A stage runs for at most ``jobs`` titles at a time; writing points, for one. ``meanwhile`` is
    called once, while the first film is decoded and before any other stage begins.
    """

    jobs: int = 1
    meanwhile: Callable[[], None] = lambda: None

    def run(self, runs: Iterable[TitleRun], over: Callable[[TitleRun], None]) -> None:
        """Run titles, the earlier ones first; ``over`` is called with each finished title.

        Raises:
            StoppedError: a listener stopped the run.
        """
        coming, going = iter(runs), list[TitleRun]()
        running: dict[Future[float], tuple[TitleRun, Stage[TitleWork]]] = {}
        waits = [self.meanwhile]
        pool = ThreadPoolExecutor(AT_ONCE * self.jobs)
        try:
            while True:
                while len(running) < AT_ONCE * self.jobs:
                    busy = self._busy(stage.name for _, stage in running.values())
                    found = self._next(coming, going, busy, over)
                    if found is None:
                        break
                    if found[1].name != decode.NAME and waits:
                        waits.pop()()
                    running[pool.submit(found[0].run, found[1])] = found
                if not running:
                    break
                if waits:
                    waits.pop()()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    _note(*running.pop(future), future)
        except Exception:
            # No stage begins any more; running ones end while the data directory is still locked.
            pool.shutdown(cancel_futures=True)
            raise
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()

    def _next(
        self,
        coming: Iterator[TitleRun],
        going: list[TitleRun],
        busy: Collection[str],
        over: Callable[[TitleRun], None],
    ) -> tuple[TitleRun, Stage[TitleWork]] | None:
        """Return a stage to run now, of the earliest title that has one; None without one."""
        place = 0
        while True:
            if place == len(going):
                following = next(coming, None) if place <= self.jobs else None
                if following is None:
                    return None
                going.append(following)
            run = going[place]
            stage = run.next(busy)
            if stage is not None:
                return run, stage
            if run.is_over:
                over(going.pop(place))
            else:
                place += 1

    def _busy(self, running: Iterable[str]) -> set[str]:
        counts = Counter(running)
        return {name for name, many in counts.items() if many >= self.jobs or name == points.NAME}


def run_stages(
    work: TitleWork,
    stages: Sequence[Stage[TitleWork]],
    force: bool,
    listener: Listener,
    timings: Timings,
) -> list[StageTime]:
    """Run the missing stages of one title and return the time of each.

    Raises:
        ReelfindError: a stage failed; results of earlier stages are kept.
    """
    run = TitleRun(work, stages, force, listener, timings)
    Schedule().run([run], lambda _: None)
    if run.error is not None:
        raise run.error
    return run.times


def _note(run: TitleRun, stage: Stage[TitleWork], future: Future[float]) -> None:
    try:
        run.ended(stage, future.result())
    except StoppedError:
        raise
    except Exception as error:
        run.failed(stage, error)
