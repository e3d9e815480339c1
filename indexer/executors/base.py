"""What runs the stages of many titles: threads of this process, or the nodes of a cluster."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from indexer.listener import Listener
from indexer.pipeline import is_done, missing_stages
from indexer.report import StageTime
from indexer.stages.base import Stage
from indexer.stages.running import key_of, run_stage
from indexer.stages.work import TitleWork
from indexer.timings import Timings


class TitleRun:
    """The progress of one title: which stages can begin, and the time of those that ran.

    A stage's key is known when its inputs exist. It then begins, unless its result exists
    too. After an ``error`` no further stage of the title begins. ``planned`` are the names of the
    stages that may have to run.
    """

    def __init__(
        self,
        work: TitleWork,
        stages: Sequence[Stage[TitleWork]],
        force: bool,
        listener: Listener,
        timings: Timings,
    ) -> None:
        self.work, self.stages, self.force = work, stages, force
        self.error: Exception | None = None
        self._listener, self._timings = listener, timings
        self.planned = missing_stages(work, stages, force)
        self._waiting = list(stages) if self.planned else []
        self._running: set[str] = set()
        self._took: dict[str, float] = {}

    @property
    def is_over(self) -> bool:
        """Whether no stage is running or will run."""
        return not self._waiting and not self._running

    @property
    def times(self) -> list[StageTime]:
        """The time of each stage."""
        return [StageTime(stage.name, self._took.get(stage.name)) for stage in self.stages]

    def next(self, busy: Collection[str]) -> Stage[TitleWork] | None:
        """Return a stage to run now, and count it as running; ``busy`` stages have to wait."""
        while stage := self._ready(busy):
            self._waiting.remove(stage)
            self.work.keys[stage.name] = key_of(self.work, stage)
            if self.force or not is_done(self.work, stage):
                self._running.add(stage.name)
                return stage
            if stage.name in self.planned:
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

    def failed(self, error: Exception, stage: Stage[TitleWork] | None = None) -> None:
        """Note that a stage failed; None: one that ran elsewhere."""
        if stage is not None:
            self._running.remove(stage.name)
        self._waiting.clear()
        self.error = self.error or error

    def ran_elsewhere(self, keys: Mapping[str, str], took: Mapping[str, float]) -> None:
        """Note stages that are finished, with the seconds of those that another process ran."""
        self.work.keys.update(keys)
        self.work.folder.written_elsewhere()
        self._waiting = [stage for stage in self._waiting if stage.name not in keys]
        self._took.update(took)
        for name, seconds in took.items():
            self._timings.learn(name, self.work.title.media.duration, seconds)

    def _ready(self, busy: Collection[str]) -> Stage[TitleWork] | None:
        """Return a stage whose inputs are all finished, if there is one."""
        unfinished = {stage.name for stage in self._waiting} | self._running
        ready = (stage for stage in self._waiting if not unfinished & set(stage.inputs))
        return next((stage for stage in ready if stage.name not in busy), None)


class Executor(Protocol):
    """Runs the stages of titles wherever it has room for them; stages do not know where."""

    def run(self, runs: Iterable[TitleRun], over: Callable[[TitleRun], None]) -> None:
        """Run titles, the earlier ones first.

        Args:
            runs: the titles; each is taken when there is room for it.
            over: called in this thread with each title that is finished or has failed.

        Raises:
            StoppedError: the listener stopped the run.
            ReelfindError: there is nowhere to run stages.
        """
        ...
