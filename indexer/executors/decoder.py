"""What decodes films on the nodes of a cluster.

A node may start such a process for one short film, so it imports what decoding needs and nothing
else: neither networks nor the other stages, the store or PyTorch.
"""

from collections.abc import Iterator
from functools import partial

from indexer.catalogue import Catalogue
from indexer.executors.orders import Order, Setup
from indexer.executors.rows import Outcome, Row, failed, rows_of
from indexer.listener import Listener
from indexer.models import Models
from indexer.settings import Settings
from indexer.stages.decode import DECODE
from indexer.stages.running import key_of, run_stage
from indexer.timings import Timings


def decode(setup: Setup, order: Order) -> Iterator[Row]:
    """Decode the film of an order, and yield rows.

    Raises:
        ReelfindError: see ``Setup.open``.
    """
    yield from rows_of(partial(_decode, *setup.open(), order))


def _decode(catalogue: Catalogue, settings: Settings, order: Order, listener: Listener) -> Outcome:
    took = {}
    try:
        work = order.work(catalogue, settings, Models(settings))
        key = work.keys[DECODE.name] = key_of(work, DECODE)
        if order.force or not work.folder.has(DECODE.name, key):
            timings = Timings(catalogue.path / "timings.json", (DECODE,))
            took[DECODE.name] = run_stage(work, DECODE, listener, timings)
        work.folder.free()
    except Exception as error:
        return failed(error, order.title.media.path)
    return Outcome({DECODE.name: key}, took)
