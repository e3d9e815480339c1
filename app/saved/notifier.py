"""Notifies webhooks of new matches, at once or, if the receiver is down, later."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.database.engine import Database
from app.jobs.runner import Runner
from app.saved.arrivals import Arrivals, CatalogueArrivals
from app.saved.matching import Ask, messages
from app.saved.outbox import Outbox
from app.saved.sending import deliver
from indexer.arrivals import FIRST
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.sections import WebhookSettings
from indexer.settings import Settings

AGAIN = 60.0
"""Seconds to wait where the database cannot be read."""
CLOSING = 5.0
"""Seconds for a message in transit when the server stops."""

_log = logging.getLogger(__name__)


def write_messages(
    ask: Ask, listing: Callable[[], Arrivals], outbox: Outbox, warn: Callable[[str], None]
) -> int:
    """Write messages to the outbox for matches in titles indexed since the last time.

    Each saved search records the last title of which its webhook was notified, so the next
    process continues where one was stopped.

    Args:
        ask: searches.
        listing: returns the titles; not called unless a saved search has a webhook.
        outbox: of the saved searches with a webhook.
        warn: called with a line for each saved search that failed; it is tried again next time.

    Returns:
        How many messages were written.
    """
    watched = outbox.watched()
    if not watched:
        return 0
    arrivals, written = listing(), 0
    for each in watched:
        titles = arrivals.since(each.notified, each.notified_number)
        if not titles:
            continue
        try:
            found = messages(ask, each.saved, titles)
        except ReelfindError as error:
            warn(f"saved search {each.saved.name}: {error}")
            continue
        except Exception as error:
            # One saved search never keeps the webhooks of the others waiting.
            _log.exception("saved search %s", each.saved.name)
            warn(f"saved search {each.saved.name}: something unexpected ({type(error).__name__})")
            continue
        number = max(title.number or 0 for title in titles)
        last = titles[-1].indexed or FIRST
        written += outbox.put(each.saved, found, last, datetime.now(UTC), number)
    return written


class Notifier:
    """Notifies webhooks while a server runs. Thread-safe."""

    def __init__(
        self,
        ask: Ask,
        listing: Callable[[], Arrivals],
        database: Database,
        settings: WebhookSettings,
    ) -> None:
        self._ask = ask
        self._listing = listing
        self._outbox = Outbox(database)
        self._settings = settings
        self._runner = Runner("webhooks", self._notify)

    def wake(self) -> None:
        """Look for new titles now, and send messages when they are due."""
        self._runner.wake()

    def close(self) -> None:
        """Stop; the next process sends the remaining messages."""
        self._runner.close(CLOSING)

    def _notify(self) -> float | None:
        """Send what is due; return the seconds until the next message falls due."""
        try:
            write_messages(self._ask, self._listing, self._outbox, _log.warning)
            deliver(self._outbox, self._settings)
            following = self._outbox.next_due()
        except ReelfindError as error:
            _log.warning("webhooks: %s", error)
            return AGAIN
        if following is None:
            return None
        return max(0.0, (following - datetime.now(UTC)).total_seconds())


@dataclass(frozen=True)
class Notified:
    """How many messages were written, arrived, and did not arrive."""

    written: int
    arrived: int
    failed: int


def notify_webhooks(
    data: Path, settings: Settings, ask: Ask, warn: Callable[[str], None]
) -> Notified:
    """Write messages for matches in new titles, and send all messages that are due.

    Args:
        data: the data directory.
        settings: its settings.
        ask: searches it.
        warn: takes a line for each saved search that could not be run.

    Raises:
        DatabaseError: it cannot be read or written.
    """
    with Database.of(data, settings) as database:
        outbox = Outbox(database)
        written = write_messages(ask, lambda: CatalogueArrivals(Catalogue(data)), outbox, warn)
        return Notified(written, *deliver(outbox, settings.webhooks))
