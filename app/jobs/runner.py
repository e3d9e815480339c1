"""A background thread, on which index jobs, reels, webhooks and watched folders run."""

import logging
import threading
from collections.abc import Callable

AGAIN = 60.0
"""Seconds until a step that failed unexpectedly is tried again."""

_log = logging.getLogger(__name__)


class Runner:
    """Runs one step after the other in its own thread. Thread-safe.

    The thread starts on the first ``wake``. A step that fails unexpectedly is logged and tried
    again later: only ``close`` ends the thread.

    Args:
        name: of the thread, and in the log.
        step: does what is due. Returns the seconds until there is more to do: 0.0 at once, None
            not before it is woken.
    """

    def __init__(self, name: str, step: Callable[[], float | None]) -> None:
        self._name = name
        self._step = step
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Do a step now, or once more after the step in hand."""
        with self._lock:
            if self._closed:
                return
            self._due.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def close(self, patience: float | None = None) -> None:
        """Begin no other step, and wait for the one in hand: so many seconds, or to its end."""
        with self._lock:
            self._closed = True
            self._due.set()
        if self._thread is not None:
            self._thread.join(patience)

    def _run(self) -> None:
        while True:
            self._due.clear()
            if self._closed:
                return
            try:
                pause = self._step()
            except Exception:
                _log.exception("%s", self._name)
                pause = AGAIN
            self._due.wait(pause)
