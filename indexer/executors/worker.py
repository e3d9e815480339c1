"""What runs on the nodes of a cluster: the stages of one title, in the folder that all nodes share.

An order says which title and stages, and progress and errors come back as rows. Films, frames and
vectors stay in files.
"""

import socket
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indexer.catalogue import IDENTITY, Catalogue
from indexer.cores import set_threads
from indexer.encoder_in_use import load_encoder
from indexer.errors import ReelfindError
from indexer.executors.base import TitleRun
from indexer.executors.local import LocalExecutor
from indexer.executors.rounds import cause_of
from indexer.executors.rows import Outcome, Row, rows_of
from indexer.files import FileState
from indexer.listener import Listener, StoppedError
from indexer.models import Models
from indexer.opening import open_index
from indexer.pipeline import STAGES
from indexer.records import Title
from indexer.settings import Settings
from indexer.stages.work import FrozenEncoder, TitleWork
from indexer.store.base import Store
from indexer.timings import Timings
from indexer.trained import Choice, ProbeInUse, TrainedProbes


@dataclass(frozen=True)
class Setup:
    """What a worker is told once: the data directory, its identity, settings, and the version."""

    data: Path
    identity: str
    settings: Mapping[str, Any]
    release: str

    def open(self) -> tuple[Catalogue, Settings]:
        """Return the data directory and the settings of the run.

        Raises:
            ReelfindError: this node does not see the data directory, or has another release.
        """
        here = version("reelfind")
        if here != self.release:
            raise ReelfindError(
                f"node {socket.gethostname()}: has Reelfind {here}, and the run was started by "
                f"{self.release}; install the same release on every node"
            )
        try:
            identity = (self.data / IDENTITY).read_text(encoding="ascii").strip()
        except OSError:
            identity = ""
        if identity != self.identity:
            raise ReelfindError(
                f"{self.data}: node {socket.gethostname()} does not see this data directory; mount "
                "the same folder at the same path on every node"
            )
        return Catalogue(self.data), Settings(**self.settings)


@dataclass(frozen=True)
class InContext:
    """For stages with the encoder: its id, the probes in use by task, and the points' pair."""

    encoder: str
    probes: Mapping[str, Choice]
    pair: str


@dataclass(frozen=True)
class Order:
    """Stages of one title; ``keys`` are those of the stages that are finished."""

    title: Title
    state: FileState | None
    stages: tuple[str, ...]
    keys: Mapping[str, str]
    force: bool
    in_context: InContext | None


def decode(setup: Setup, order: Order) -> Iterator[Row]:
    """Run stages that need no network, and yield rows."""
    catalogue, settings = setup.open()
    yield from Workplace(catalogue, settings).rows(order)


class Worker:
    """A process with the networks loaded; it works on titles one by one, or several at once."""

    def __init__(self, setup: Setup, threads: int) -> None:
        """Load the networks in the background; they compute with so many threads."""
        self._setup = setup
        set_threads(threads)
        self._held = ExitStack()

    def greet(self) -> str:
        """Get ready and return the name of the node.

        Raises:
            ReelfindError: see ``Setup.open``.
        """
        self._workplace = Workplace(*self._setup.open())
        self._held.enter_context(self._workplace.models.loaded_ahead())
        return socket.gethostname()

    def run(self, order: Order) -> Iterator[Row]:
        """Run stages, and yield rows."""
        yield from self._workplace.rows(order)


class Workplace:
    """What the titles of one process share: networks, encoder, and the connection to the store."""

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._catalogue, self._settings = catalogue, settings
        self._timings = Timings(catalogue.path / "timings.json")
        self._lock = threading.Lock()
        self._encoder: FrozenEncoder | None = None
        self._probes: tuple[object, Mapping[str, ProbeInUse]] = (None, {})
        self.models = Models(settings)

    def rows(self, order: Order) -> Iterator[Row]:
        """Run the stages of an order, and yield rows."""
        return rows_of(partial(self._run, order))

    @cached_property
    def _store(self) -> Store:
        """A client of the Qdrant server."""
        return open_index(self._catalogue, self._settings, lambda _: None)

    def _run(self, order: Order, listener: Listener) -> Outcome:
        keys, run = {}, None
        error = details = None
        try:
            work = self._work(order)
            stages = [stage for stage in STAGES if stage.name in order.stages]
            run = TitleRun(work, stages, order.force, listener, self._timings)
            LocalExecutor().run([run], lambda _: None)
            if run.error is not None:
                raise run.error
            keys = {stage.name: work.keys[stage.name] for stage in stages}
        except Exception as caught:
            error = cause_of(caught, order.title.media.path)
            if not isinstance(caught, (ReelfindError, StoppedError)):
                details = "".join(traceback.format_exception(caught))
        times = run.times if run is not None else []
        took = {each.stage: each.seconds for each in times if each.seconds is not None}
        return Outcome(keys, took, error, details)

    def _work(self, order: Order) -> TitleWork:
        work = TitleWork(
            title=order.title,
            settings=self._settings,
            folder=self._catalogue.folder(order.title.title_id),
            models=self.models,
            report=lambda _: None,
            state=order.state,
            keys=dict(order.keys),
        )
        if order.in_context is not None:
            with self._lock:
                self._equip(work, order.in_context)
        return work

    def _equip(self, work: TitleWork, wanted: InContext) -> None:
        if self._encoder is None or self._encoder.checkpoint_id != wanted.encoder:
            self._encoder = load_encoder(self._catalogue, wanted.encoder)
        if self._probes[0] != wanted.probes:
            probes = TrainedProbes(self._catalogue.probes_path).load(wanted.probes)
            self._probes = wanted.probes, probes
        work.encoder, work.trained = self._encoder, self._probes[1]
        if self._settings.qdrant_url:
            work.target = self._store, wanted.pair
