"""Tells webhooks once, where no server runs: after `reelfind index`, or by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.database.engine import Database
from app.saved.matching import Ask
from app.saved.notifier import write_messages
from app.saved.outbox import Outbox
from app.saved.sending import deliver
from indexer.catalogue import Catalogue
from indexer.settings import Settings


@dataclass(frozen=True)
class Told:
    """How many messages were written, arrived, and did not arrive."""

    written: int
    arrived: int
    failed: int


def tell_webhooks(data: Path, settings: Settings, ask: Ask, warn: Callable[[str], None]) -> Told:
    """Write what new titles have for webhooks, and send what is due.

    Args:
        data: the data directory.
        settings: its settings.
        ask: searches it.
        warn: told which saved search could not be run, and why.

    Raises:
        DatabaseError: it cannot be read or written.
    """
    with Database.of(data, settings) as database:
        outbox = Outbox(database)
        written = write_messages(ask, Catalogue(data), outbox, warn)
        return Told(written, *deliver(outbox, settings.webhooks))
