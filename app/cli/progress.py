"""Progress of indexing on a terminal: one bar for the run, with the title in hand."""

import threading
from collections import deque

from rich.console import Console
from rich.progress import TaskProgressColumn

from app.cli.bar import Bar
from app.cli.terminal import tell
from app.jobs.words import STAGE_WORDS
from indexer.characters import one_line

RECENT = 3
"""Titles that are worked on in turns, and are not named again each time."""


class TerminalListener(Bar):
    """Shows a bar on a terminal; elsewhere prints a line for each title and message."""

    def __init__(self, console: Console) -> None:
        super().__init__(console, TaskProgressColumn())
        self._lock = threading.Lock()
        self._recent: deque[str] = deque(maxlen=RECENT)

    def planned(self, seconds: float) -> None:
        """Set the length of the bar."""
        self.progress.update(self.task, total=max(seconds, 1e-6))

    def doing(self, title: str, stage: str) -> None:
        """Name the title and what is done to it."""
        words = STAGE_WORDS.get(stage, stage)
        self.progress.update(self.task, description=one_line(f"{title}: {words}"))
        with self._lock:
            if not self.console.is_terminal and title not in self._recent:
                self._recent.append(title)
                tell(self.console, f"{title}: {words} …")

    def worked(self, seconds: float) -> None:
        """Advance the bar."""
        self.progress.advance(self.task, seconds)

    def said(self, message: str) -> None:
        """Print a message above the bar."""
        tell(self.console, message)
