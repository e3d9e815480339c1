"""Bars of progress with the time left: the one that every long command shows."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from indexer.characters import one_line


class Bar:
    """A bar on a terminal; silent elsewhere. A context manager.

    Args:
        console: where it is drawn.
        columns: what stands behind the bar itself.
        total: the length of the bar; None until it is known.
        completed: what is done already.
        transient: wipe the bar away at the end.
    """

    def __init__(
        self,
        console: Console,
        *columns: ProgressColumn,
        total: float | None = None,
        completed: int = 0,
        transient: bool = False,
    ) -> None:
        self.console = console
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            *columns,
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=transient,
            disable=not console.is_terminal,
        )
        self.task = self.progress.add_task("starting", total=total, completed=completed)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.progress.stop()


class Steps(Bar):
    """Work that is done in named steps."""

    def __init__(self) -> None:
        super().__init__(Console(stderr=True), total=1.0, transient=True)

    def doing(self, what: str, done: float) -> None:
        """Say what is being done, and which part of everything (0..1) is done."""
        self.progress.update(self.task, description=one_line(what), completed=done)
