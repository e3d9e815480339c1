"""What keeps the networks loaded on the nodes of a cluster, and runs all stages but decoding.

An order says which title and stages, and progress and errors come back as rows. Films, frames and
vectors stay in files, in the folder that all nodes share.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cached_property, partial
from typing import TYPE_CHECKING

from indexer.catalogue import Catalogue
from indexer.cores import set_threads
from indexer.encoder_in_use import load_encoder
from indexer.executors.base import TitleRun
from indexer.executors.local import LocalExecutor
from indexer.executors.orders import InContext, Order, Setup
from indexer.executors.rows import Outcome, Row, failed, rows_of
from indexer.listener import Listener
from indexer.models import Models
from indexer.pipeline import STAGES
from indexer.settings import Settings
from indexer.sharing.records import CATALOGUE
from indexer.stages.work import FrozenEncoder, TitleWork
from indexer.timings import Timings
from indexer.trained import ProbeInUse, TrainedProbes

if TYPE_CHECKING:
    from indexer.store.base import Store


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
    def _store(self) -> "Store":
        """A client of the Qdrant server; only who has one imports the library."""
        from indexer.opening import open_index

        return open_index(self._catalogue, self._settings, lambda _: None)

    def _run(self, order: Order, listener: Listener) -> Outcome:
        run = None
        try:
            work = order.work(self._catalogue, self._settings, self.models)
            if order.in_context is not None:
                with self._lock:
                    self._equip(work, order.in_context)
            stages = [stage for stage in STAGES if stage.name in order.stages]
            run = TitleRun(work, stages, order.force, listener, self._timings)
            LocalExecutor().run([run], lambda _: None)
            if run.error is not None:
                raise run.error
            work.folder.free()
        except Exception as error:
            return failed(error, order.title.media.path, _took(run))
        return Outcome({stage.name: work.keys[stage.name] for stage in stages}, _took(run))

    def _equip(self, work: TitleWork, wanted: InContext) -> None:
        if self._encoder is None or self._encoder.checkpoint_id != wanted.encoder:
            self._encoder = load_encoder(self._catalogue, wanted.encoder)
        if self._probes[0] != wanted.probes:
            self._catalogue.shared.pull(CATALOGUE)
            probes = TrainedProbes(self._catalogue.probes_path).load(wanted.probes)
            self._probes = wanted.probes, probes
        work.encoder, work.trained = self._encoder, self._probes[1]
        if self._settings.qdrant_url:
            work.target = self._store, wanted.pair


def _took(run: TitleRun | None) -> dict[str, float]:
    times = run.times if run is not None else []
    return {each.stage: each.seconds for each in times if each.seconds is not None}
