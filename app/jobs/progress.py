"""Records the progress of a job from the Indexer, and stops it on request."""

import threading
import time
from collections.abc import Callable
from typing import Any

from indexer.characters import one_line
from indexer.listener import StoppedError

MESSAGES = 200
"""Messages kept of a job; later ones are dropped."""

Change = Callable[..., None]


class JobListener:
    """Records progress in a job's fields; once stopped, it ends the run.

    Args:
        change: takes new values of fields by name.
    """

    def __init__(self, change: Change) -> None:
        self._change = change
        self._stopped = threading.Event()
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._planned = 0.0
        self._worked = 0.0
        self._messages: tuple[str, ...] = ()

    def stop(self) -> None:
        """End the run at its next report."""
        self._stopped.set()

    @property
    def is_stopped(self) -> bool:
        """Whether it will end the run."""
        return self._stopped.is_set()

    def planned(self, seconds: float) -> None:
        """Note the seconds of work; the time left counts from here on."""
        with self._lock:
            self._planned = seconds
            self._began = time.monotonic()
        self._note(planned=seconds)

    def doing(self, title: str, stage: str) -> None:
        """Note the title and stage in hand."""
        self._note(title=title, stage=stage)

    def worked(self, seconds: float) -> None:
        """Note progress, and the time left at the pace so far."""
        with self._lock:
            self._worked += seconds
            worked, planned = self._worked, self._planned
            left = max(0.0, planned - worked)
            pace = (time.monotonic() - self._began) / worked if worked > 0 else 1.0
        self._note(
            worked=worked,
            progress=min(1.0, worked / planned) if planned > 0 else 0.0,
            seconds_left=round(left * pace, 1),
        )

    def message(self, message: str) -> None:
        """Keep a message."""
        with self._lock:
            self._messages = (*self._messages, one_line(message))[:MESSAGES]
            messages = self._messages
        self._note(messages=messages)

    def _note(self, **changes: Any) -> None:
        if self.is_stopped:
            raise StoppedError
        self._change(**changes)
