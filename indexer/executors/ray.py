"""Runs the stages of titles on a Ray cluster.

Films are decoded by tasks, wherever CPUs are free. All other stages run in processes that keep the
networks loaded, see ``indexer.executors.ray_pool``. Ray places, starts and ends them. This module
hands titles out, passes on what their stages report, and tries a title again whose process died.
All nodes share the data directory, so what is finished stays finished. With the embedded engine,
points are written here, since one process owns it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self

import ray
from ray.exceptions import NodeDiedError, OutOfMemoryError, RayError, RayTaskError

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.executors.base import TitleRun
from indexer.executors.ray_pool import Member, Pool, connect
from indexer.executors.worker import Call, InContext, Order, Outcome, Setup
from indexer.listener import Listener, StoppedError
from indexer.settings import Settings
from indexer.stages import decode, points
from indexer.stages.work import TitleWork

PRIVATE = {"server", "api", "webhooks", "database", "jobs"}
"""Sections of the settings that no stage reads; they hold secrets."""


class RayExecutor:
    """Runs stages on a Ray cluster, until its block ends."""

    def __init__(
        self,
        address: str,
        catalogue: Catalogue,
        settings: Settings,
        listener: Listener,
        jobs: int,
        debug: bool,
    ) -> None:
        """Prepare a run; the cluster is asked when the first title has something to do.

        Args:
            address: of the cluster, see ``ClusterSettings.address``.
            catalogue: the data directory, which all nodes reach.
            settings: its settings.
            listener: receives the progress.
            jobs: titles that one process with networks works on at a time.
            debug: let unexpected errors through.
        """
        self._address, self._catalogue, self._settings = address, catalogue, settings
        self._listener, self._jobs, self._debug = listener, jobs, debug
        self._pool: Pool | None = None
        self._connected = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.close()
        if self._connected:
            ray.shutdown()

    def run(self, runs: Iterable[TitleRun], over: Callable[[TitleRun], None]) -> None:
        """Run titles; see ``Executor``.

        Raises:
            StoppedError: the listener stopped the run.
            ReelfindError: there is no cluster, or a node cannot work on this catalogue.
        """
        course = Course(iter(runs), over, self)
        try:
            while course.goes_on():
                course.step()
        finally:
            course.cancel()

    @property
    def listener(self) -> Listener:
        """Receives the progress."""
        return self._listener

    @property
    def debug(self) -> bool:
        """Whether unexpected errors end the run."""
        return self._debug

    @property
    def attempts(self) -> int:
        """How often a title is tried whose process dies."""
        return self._settings.cluster.attempts

    @property
    def pool(self) -> Pool:
        """The processes with networks; Ray is asked for them on first use."""
        if self._pool is None:
            self._connected = connect(self._address)
            setup = Setup(
                self._catalogue.path.absolute(),
                self._catalogue.identity(),
                self._settings.model_dump(exclude=PRIVATE),
                version("reelfind"),
            )
            self._pool = Pool(setup, self._settings.cluster, self._jobs, self._listener)
        return self._pool

    def groups(self, run: TitleRun) -> Iterator[tuple[str, ...]]:
        """Yield the stages of a title that run together in one process of the cluster."""
        here = set() if self._settings.qdrant_url else {points.NAME}
        names = [stage.name for stage in run.stages if stage.name not in here]
        for group in ((decode.NAME,), tuple(name for name in names if name != decode.NAME)):
            if not set(run.planned).isdisjoint(group):
                yield group


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
        self, coming: Iterator[TitleRun], over: Callable[[TitleRun], None], executor: RayExecutor
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
        return bool(self._streams or self._waiting)

    def step(self) -> None:
        """Wait for a row, or for a moment, and deal with it."""
        for stream in self._executor.pool.wait(self._streams):
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
        self._executor.listener.worked(0.0)  # It may stop the run.

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
