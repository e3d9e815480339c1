"""One round over titles on a Ray cluster: what runs, what waits, and what is tried again."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ray
from ray.exceptions import NodeDiedError, OutOfMemoryError, RayError, RayTaskError

from indexer.errors import ReelfindError
from indexer.executors.base import TitleRun
from indexer.executors.orders import InContext, Order
from indexer.executors.ray_pool import Member
from indexer.executors.rows import Call, Outcome
from indexer.listener import StoppedError
from indexer.stages import decode
from indexer.stages.work import TitleWork

if TYPE_CHECKING:
    from indexer.executors.ray import RayExecutor


@dataclass(eq=False)
class TitleInHand:
    """A title, the groups of its stages that have to run yet, and the deaths of its processes."""

    run: TitleRun
    groups: deque[tuple[str, ...]]
    deaths: int = 0
    member: Member | None = None

    @property
    def order(self) -> Order:
        """The next group, for a process that knows nothing of this title."""
        work, group = self.run.work, self.groups[0]
        done = {name: key for name, key in work.keys.items() if name not in group}
        return Order(work.title, work.state, group, done, self.run.force, _in_context(work))


class Course:
    """A round over titles: what runs, and what waits for a process with networks."""

    def __init__(
        self, coming: Iterator[TitleRun], over: Callable[[TitleRun], None], executor: "RayExecutor"
    ) -> None:
        self._coming, self._over, self._executor = coming, over, executor
        self._streams: dict[Any, TitleInHand] = {}
        self._waiting: deque[TitleInHand] = deque()

    def goes_on(self) -> bool:
        """Begin what there is room for; return whether anything runs or waits."""
        while self._has_room() and (run := next(self._coming, None)) is not None:
            self._advance(TitleInHand(run, deque(self._executor.groups(run))))
        while self._waiting:
            title = self._waiting[0]
            title.member = self._executor.pool.take(alone=title.deaths > 0)
            if title.member is None:
                break
            self._waiting.popleft()
            self._streams[title.member.run(title.order)] = title
        if self._streams or self._waiting:
            self._executor.pool.grow(len(self._waiting))
        return bool(self._streams or self._waiting)

    def step(self) -> None:
        """Wait for a row, or for a moment, and deal with it."""
        ready = self._executor.pool.wait(self._streams)
        if not ready:
            self._executor.listener.worked(0.0)  # It may stop the run.
        for stream in ready:
            title = self._streams[stream]
            try:
                row = ray.get(next(stream))
            except RayTaskError as error:
                if isinstance(error.cause, ReelfindError):
                    raise error.cause from None
                raise
            except RayError as error:
                self._end(stream)
                self._died(title, error)
                continue
            if isinstance(row, Call):
                getattr(self._executor.listener, row.method)(*row.arguments)
            else:
                self._end(stream)
                self._ran(title, row)

    def cancel(self) -> None:
        """Stop what still runs."""
        for stream, title in self._streams.items():
            with suppress(RayError):
                if title.member is None:
                    ray.cancel(stream)
                else:
                    title.member.kill()
        self._streams.clear()

    def _has_room(self) -> bool:
        """Return whether another title may begin; without any, the cluster is not asked."""
        in_hand = len(self._streams) + len(self._waiting)
        return in_hand == 0 or in_hand < self._executor.pool.room

    def _advance(self, title: TitleInHand) -> None:
        """Begin the next group of stages, or finish the title here."""
        if not title.groups:
            self._finish(title.run)
        elif title.groups[0] == (decode.NAME,):
            self._streams[self._executor.pool.decode(title.order)] = title
        else:
            self._waiting.append(title)

    def _finish(self, run: TitleRun) -> None:
        while run.error is None and (stage := run.next(())) is not None:
            try:
                run.ended(stage, run.run(stage))
            except StoppedError:
                raise
            except Exception as error:
                run.failed(error, stage)
        self._over(run)

    def _end(self, stream: Any) -> None:
        title = self._streams.pop(stream)
        if title.member is not None:
            self._executor.pool.give_back(title.member)

    def _ran(self, title: TitleInHand, outcome: Outcome) -> None:
        title.member = None
        title.groups.popleft()
        title.run.ran_elsewhere(outcome.keys, outcome.took)
        if outcome.error is not None:
            if self._executor.debug and outcome.details is not None:
                raise RuntimeError(f"{outcome.error}\n{outcome.details}")
            title.run.failed(ReelfindError(outcome.error))
            title.groups.clear()
        self._advance(title)

    def _died(self, title: TitleInHand, error: RayError) -> None:
        work = title.run.work
        if title.member is not None:
            self._executor.pool.lost(title.member)
            title.member = None
        title.deaths += 1
        if title.deaths < self._executor.attempts:
            self._executor.listener.message(
                f"{work.title.metadata.name}: its process died ({_cause(error)}); trying again"
            )
        else:
            title.groups.clear()
            title.run.failed(
                ReelfindError(
                    f"{work.title.media.path}: skipped, since each of {title.deaths} processes "
                    f"that worked on it died ({_cause(error)}); check its file, and the memory of "
                    "the nodes"
                )
            )
        self._advance(title)


def _in_context(work: TitleWork) -> InContext | None:
    if work.encoder is None:
        return None
    probes = {task: probe.choice for task, probe in work.trained.items()}
    return InContext(work.encoder.checkpoint_id, probes, work.store[1])


def _cause(error: RayError) -> str:
    if isinstance(error, OutOfMemoryError):
        return "out of memory"
    return "its node is gone" if isinstance(error, NodeDiedError) else "it was killed"
