"""Notifies webhooks of new matches, at once or, if the receiver is down, later."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.database.engine import Database
from app.database.sharing import Turn
from app.database.turns import Taking
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
SOON = 5.0
"""Seconds to wait where another server is at it."""
LOOK = 30.0
"""Seconds after which a server looks for what another one left."""
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
    """Notifies webhooks while a server runs; of several servers, one at a time. Thread-safe."""

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
        self._turn = Taking(database, Turn.NOTIFY_WEBHOOKS)
        self._look = LOOK if database.is_shared else None
        self._settings = settings
        self._runner = Runner("webhooks", self._notify)

    def wake(self) -> None:
        """Look for new titles now, and send messages when they are due."""
        self._runner.wake()

    def close(self) -> None:
        """Stop; the next process sends the remaining messages."""
        self._runner.close(CLOSING)

    def _notify(self) -> float | None:
        """Send what is due, if it is this server's turn; return the seconds until the next look."""
        if not self._turn.take():
            return SOON
        try:
            write_messages(self._ask, self._listing, self._outbox, _log.warning)
            deliver(self._outbox, self._settings)
            following = self._outbox.next_due()
        except ReelfindError as error:
            _log.warning("webhooks: %s", error)
            return AGAIN
        finally:
            self._turn.release()
        if following is None:
            return self._look
        pause = max(0.0, (following - datetime.now(UTC)).total_seconds())
        return pause if self._look is None else min(pause, self._look)


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
