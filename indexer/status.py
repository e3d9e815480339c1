"""The status of a running ``reelfind index``, for other processes that use the same data."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from encoder.atomic import remove_file, write_text
from indexer.catalogue import Catalogue
from indexer.listener import Listener

EVERY = 1.0
"""Seconds between two writes of the file."""


@dataclass(frozen=True)
class Status:
    """``done`` and ``total`` are seconds of planned work; ``title`` and ``stage`` are current."""

    title: str
    stage: str
    done: float
    total: float

    @property
    def progress(self) -> float:
        """The part of the work that is done, 0..1."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0


def running(catalogue: Catalogue) -> Status | None:
    """Return the status of the process that indexes into ``catalogue``; None if there is none."""
    if not catalogue.writer.is_taken():
        return None
    try:
        return Status(**json.loads(catalogue.status_path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # It holds the lock and has not written a status yet.
        return Status("", "starting", 0.0, 0.0)


@contextmanager
def watched(catalogue: Catalogue, listener: Listener) -> Iterator[Listener]:
    """Yield a listener for a run: progress goes to the status file, warnings to ``listener``."""
    file = StatusFile(catalogue.status_path, listener)
    handler = _WarningHandler(file)
    logging.getLogger("indexer").addHandler(handler)
    try:
        yield file
    finally:
        logging.getLogger("indexer").removeHandler(handler)
        file.clear()


class _WarningHandler(logging.Handler):
    """Log handler that passes warnings to a listener, which prints them clear of a progress bar."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(logging.WARNING)
        self._listener = listener

    def emit(self, record: logging.LogRecord) -> None:
        self._listener.message(record.getMessage())


class StatusFile:
    """A listener that writes the status to a file and passes every call on."""

    def __init__(self, path: Path, listener: Listener) -> None:
        self._path = path
        self._listener = listener
        self._lock = threading.Lock()
        self._status = Status("", "starting", 0.0, 0.0)
        self._written = 0.0

    def planned(self, seconds: float) -> None:
        """Note the length of the whole run."""
        self._note(total=seconds)
        self._listener.planned(seconds)

    def doing(self, title: str, stage: str) -> None:
        """Note the current title and stage."""
        self._note(title=title, stage=stage)
        self._listener.doing(title, stage)

    def worked(self, seconds: float) -> None:
        """Note progress."""
        with self._lock:
            done = self._status.done + seconds
        self._note(done=done)
        self._listener.worked(seconds)

    def message(self, message: str) -> None:
        """Pass a message on."""
        self._listener.message(message)

    def clear(self) -> None:
        """Remove the file: nothing is running any more."""
        remove_file(self._path)

    def _note(self, **changes: str | float) -> None:
        with self._lock:
            self._status = Status(**(asdict(self._status) | changes))
            now = time.monotonic()
            if now - self._written < EVERY:
                return
            self._written = now
            write_text(self._path, json.dumps(asdict(self._status)))
