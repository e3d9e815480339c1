"""Tells webhooks of new matches: at once where it can, later where the other side is away."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.database.engine import Database
from app.saved.matching import Ask, indexed_since, last_number, messages
from app.saved.outbox import Outbox
from app.saved.sending import deliver
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.sections import WebhookSettings

AGAIN = timedelta(minutes=1)
"""How long to wait where the database cannot be read."""
CLOSING = 5.0
"""Seconds that a message in hand gets to arrive when the server stops."""

_log = logging.getLogger(__name__)


def write_messages(
    ask: Ask, catalogue: Catalogue, outbox: Outbox, warn: Callable[[str], None]
) -> int:
    """Write to the outbox what the titles that were indexed since the last time have for webhooks.

    Each saved search remembers up to which title it was told, so whoever runs this next goes on
    where a process was stopped.

    Args:
        ask: searches.
        catalogue: has the titles.
        outbox: has the saved searches with a webhook.
        warn: told which saved search could not be run, and why; it is tried again next time.

    Returns:
        How many messages were written.
    """
    watched = outbox.watched()
    manifests = catalogue.manifests() if watched else []
    written = 0
    for each in watched:
        titles = indexed_since(manifests, each.told, each.told_number)
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
        number = last_number(each.title for each in titles)
        written += outbox.put(each.saved, found, titles[-1].when, datetime.now(UTC), number)
    return written


class Notifier:
    """Tells webhooks in a thread of its own, while a server runs. Safe between threads."""

    def __init__(
        self, ask: Ask, catalogue: Catalogue, database: Database, settings: WebhookSettings
    ) -> None:
        self._ask = ask
        self._catalogue = catalogue
        self._outbox = Outbox(database)
        self._settings = settings
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Look for new titles now, and from then on send what falls due."""
        with self._lock:
            if self._closed:
                return
            self._due.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop; what was not sent is sent by whoever comes next."""
        with self._lock:
            self._closed = True
            self._due.set()
        if self._thread is not None:
            self._thread.join(CLOSING)

    def _run(self) -> None:
        while not self._closed:
            self._due.clear()
            try:
                write_messages(self._ask, self._catalogue, self._outbox, _log.warning)
                deliver(self._outbox, self._settings)
                following = self._outbox.next_due()
            except ReelfindError as error:
                _log.warning("webhooks: %s", error)
                following = datetime.now(UTC) + AGAIN
            except Exception:
                _log.exception("webhooks")
                following = datetime.now(UTC) + AGAIN
            self._due.wait(_seconds_until(following))


def _seconds_until(moment: datetime | None) -> float | None:
    return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())
