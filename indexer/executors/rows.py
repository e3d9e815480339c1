"""What a process says of the stages that it runs, as rows: calls of a listener, and the outcome."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from indexer.errors import ReelfindError, cause_of
from indexer.listener import Listener, StoppedError

PROGRESS_EVERY = 1.0
"""Seconds between two rows that say how much of a stage is done."""


@dataclass(frozen=True)
class Call:
    """A row: a call of a method of the run's listener."""

    method: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """The last row: the stages' keys, the seconds of those that ran, and the error in one line.

    ``details`` is the traceback of an error that nobody expected.
    """

    keys: Mapping[str, str]
    took: Mapping[str, float]
    error: str | None = None
    details: str | None = None


Row = Call | Outcome


def failed(error: Exception, film: Path, took: Mapping[str, float] | None = None) -> Outcome:
    """Return the outcome of stages one of which failed; ``took`` has the seconds of the others."""
    expected = isinstance(error, (ReelfindError, StoppedError))
    details = None if expected else "".join(traceback.format_exception(error))
    return Outcome({}, took or {}, cause_of(error, film), details)


class Rows:
    """A listener that turns what it hears into rows, from any thread."""

    def __init__(self) -> None:
        self.queue: SimpleQueue[Row] = SimpleQueue()
        self._lock = threading.Lock()
        self._worked, self._sent = 0.0, time.monotonic()
        self._stopped = False

    def stop(self) -> None:
        """End the stages that still report here."""
        self._stopped = True

    def planned(self, seconds: float) -> None:
        """Ignore the plan: the run has its own."""

    def doing(self, title: str, stage: str) -> None:
        """Say that a stage begins."""
        self._say("doing", title, stage)

    def worked(self, seconds: float) -> None:
        """Say how much is done, once in a while."""
        with self._lock:
            self._worked += seconds
            if time.monotonic() - self._sent < PROGRESS_EVERY:
                seconds = 0.0
            else:
                seconds, self._worked, self._sent = self._worked, 0.0, time.monotonic()
        if seconds or self._stopped:
            self._say("worked", seconds)

    def message(self, message: str) -> None:
        """Pass a message on."""
        self._say("message", message)

    def end(self, outcome: Outcome) -> None:
        """Add the last row."""
        self.queue.put(Call("worked", (self._worked,)))
        self.queue.put(outcome)

    def _say(self, method: str, *arguments: Any) -> None:
        if self._stopped:
            raise StoppedError
        self.queue.put(Call(method, arguments))


def rows_of(work: Callable[[Listener], Outcome]) -> Iterator[Row]:
    """Run ``work`` in a thread, and yield what it says; leaving the iterator stops it."""
    rows = Rows()
    thread = threading.Thread(target=lambda: rows.end(work(rows)), daemon=True)
    thread.start()
    try:
        while True:
            row = rows.queue.get()
            yield row
            if isinstance(row, Outcome):
                return
    finally:
        rows.stop()
        thread.join()
