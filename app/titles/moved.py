"""Finds films that are no longer where they were indexed, in the background."""

import threading
from collections.abc import Callable
from contextlib import suppress

from indexer.errors import ReelfindError
from indexer.object_store import snapshot
from indexer.titles import Titles


class MovedFilms:
    """Checks in a background thread whether each title's file still exists. Thread-safe.

    Thousands of titles on a slow share take long, so callers wait for a limited time only.
    """

    def __init__(self, listing: Callable[[], Titles]) -> None:
        self._listing = listing
        self._lock = threading.Lock()
        self._looking: threading.Thread | None = None
        self._found: frozenset[str] = frozenset()

    def away(self, patience: float) -> frozenset[str]:
        """Return the ids of titles whose file is missing, as of the last completed check.

        Args:
            patience: seconds to wait for the check in progress, or for a new one.
        """
        with self._lock:
            if self._looking is None or not self._looking.is_alive():
                self._looking = threading.Thread(target=self._look, name="films", daemon=True)
                self._looking.start()
            looking = self._looking
        looking.join(patience)
        return self._found

    def _look(self) -> None:
        with suppress(ReelfindError):  # The caller sees the same error.
            films = self._listing().films()
            with snapshot():
                self._found = frozenset(title for title, film in films if not film.is_file())
