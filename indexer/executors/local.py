"""Runs the stages of several titles in threads of this process.

While the last stages of one title leave a core idle, the next title is decoded.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from indexer.executors.base import TitleRun
from indexer.listener import Listener, StoppedError
from indexer.pipeline import AT_ONCE
from indexer.report import StageTime
from indexer.stages import decode, points
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.timings import Timings


@dataclass
class LocalExecutor:
    """Runs the stages of ``jobs`` titles at a time, and of the next title on idle cores.

    A stage runs for at most ``jobs`` titles at a time; writing points, for one. ``meanwhile`` is
    called once, while the first film is decoded and before any other stage begins.
    """

    jobs: int = 1
    meanwhile: Callable[[], None] = lambda: None
    _waits: list[Callable[[], None]] = field(init=False)

    def __post_init__(self) -> None:
        self._waits = [self.meanwhile]

    def run(self, runs: Iterable[TitleRun], over: Callable[[TitleRun], None]) -> None:
        """Run titles, the earlier ones first; ``over`` is called with each finished title.

        Raises:
            StoppedError: a listener stopped the run.
        """
        coming, going = iter(runs), list[TitleRun]()
        running: dict[Future[float], tuple[TitleRun, Stage[TitleWork]]] = {}
        pool = ThreadPoolExecutor(AT_ONCE * self.jobs)
        try:
            while True:
                while len(running) < AT_ONCE * self.jobs:
                    busy = self._busy(stage.name for _, stage in running.values())
                    found = self._next(coming, going, busy, over)
                    if found is None:
                        break
                    if found[1].name != decode.NAME and self._waits:
                        self._waits.pop()()
                    running[pool.submit(found[0].run, found[1])] = found
                if not running:
                    break
                if self._waits:
                    self._waits.pop()()
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
    LocalExecutor().run([run], lambda _: None)
    if run.error is not None:
        raise run.error
    return run.times


def _note(run: TitleRun, stage: Stage[TitleWork], future: Future[float]) -> None:
    try:
        run.ended(stage, future.result())
    except StoppedError:
        raise
    except Exception as error:
        run.failed(error, stage)
