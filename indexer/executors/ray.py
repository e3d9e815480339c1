"""Runs the stages of titles on a Ray cluster.

Films are decoded by tasks, wherever CPUs are free. All other stages run in processes that keep the
networks loaded, see ``indexer.executors.ray_pool``. Ray places, starts and ends them. This module
hands titles out, passes on what their stages report, and tries a title again whose process died.
All nodes share the data directory, so what is finished stays finished. With the embedded engine,
points are written here, since one process owns it.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from types import TracebackType
from typing import Self

import ray

from indexer.catalogue import Catalogue
from indexer.executors.base import TitleRun
from indexer.executors.orders import Setup
from indexer.executors.ray_course import Course
from indexer.executors.ray_pool import Pool, connect
from indexer.listener import Listener
from indexer.settings import Settings
from indexer.stages import decode, points

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
