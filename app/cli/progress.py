"""Progress of indexing on a terminal: one bar for the run, with the title in hand."""

import threading
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

STAGE_WORDS = {
    "decode": "decoding",
    "shots": "finding shots",
    "text": "reading timed text",
    "stills": "choosing stills",
    "video": "embedding pictures",
    "audio": "embedding sound",
    "dialogue": "embedding dialogue",
    "fused": "fusing",
    "encoder": "fitting the encoder",
    "context": "embedding in context",
    "clips": "building clips",
    "scores": "scoring",
    "points": "storing",
}


class TerminalListener:
    """Shows a bar on a terminal; elsewhere prints a line for each title and message."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._last = ""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def planned(self, seconds: float) -> None:
        """Set the length of the bar."""
        self._progress.update(self._task, total=max(seconds, 1e-6))

    def doing(self, title: str, stage: str) -> None:
        """Name the title and what is done to it."""
        words = STAGE_WORDS.get(stage, stage)
        self._progress.update(self._task, description=f"[bold]{title}[/bold] {words}")
        with self._lock:
            if not self._console.is_terminal and self._last != title:
                self._last = title
                self._console.print(f"{title}: {words} …", markup=False, highlight=False)

    def worked(self, seconds: float) -> None:
        """Advance the bar."""
        self._progress.advance(self._task, seconds)

    def said(self, message: str) -> None:
        """Print a message above the bar."""
        self._console.print(message, markup=False, highlight=False, soft_wrap=True)
