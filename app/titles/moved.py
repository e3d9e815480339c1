"""Films that are no longer where they were indexed: looked for beside what asks, not before it."""

import threading
from collections.abc import Callable
from contextlib import suppress

from indexer.errors import ReelfindError
from indexer.titles import Titles


class MovedFilms:
    """Looks at the film of every title in a thread of its own. Safe between threads.

    On a slow share that takes long for thousands of titles; whoever asks waits only so long.
    """

    def __init__(self, listing: Callable[[], Titles]) -> None:
        self._listing = listing
        self._lock = threading.Lock()
        self._looking: threading.Thread | None = None
        self._found: frozenset[str] = frozenset()

    def away(self, patience: float) -> frozenset[str]:
        """Return the ids of titles whose film is away, as of the last look that has ended.

        Args:
            patience: seconds to wait for the look that begins now, or goes on.
        """
        with self._lock:
            if self._looking is None or not self._looking.is_alive():
                self._looking = threading.Thread(target=self._look, name="films", daemon=True)
                self._looking.start()
            looking = self._looking
        looking.join(patience)
        return self._found

    def _look(self) -> None:
        with suppress(ReelfindError):  # Who lists the titles says so.
            films = self._listing().films()
            self._found = frozenset(title for title, film in films if not film.is_file())
