"""Listeners follow the progress of indexing: the command line, a job of the server, a test."""

from typing import Protocol


class StoppedError(Exception):
    """A listener stops the run; finished results are kept."""


class Listener(Protocol):
    """Receives the progress of a run, from any of its threads.

    Any of its methods may raise a ``StoppedError``, which ends the run.
    """

    def planned(self, seconds: float) -> None:
        """The whole run is expected to take ``seconds`` of work."""
        ...

    def doing(self, title: str, stage: str) -> None:
        """``stage`` of ``title`` begins."""
        ...

    def worked(self, seconds: float) -> None:
        """``seconds`` of the planned work are done; the actual time may differ."""
        ...

    def message(self, message: str) -> None:
        """A message for the user, one line; the run continues."""
        ...


class Silence:
    """A listener that does nothing."""

    def planned(self, seconds: float) -> None:
        """Ignore the plan."""

    def doing(self, title: str, stage: str) -> None:
        """Ignore the stage."""

    def worked(self, seconds: float) -> None:
        """Ignore the progress."""

    def message(self, message: str) -> None:
        """Ignore the message."""
