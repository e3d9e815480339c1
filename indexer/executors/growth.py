"""When a run on a cluster takes a further process with networks."""

import time


class Growth:
    """How many processes with networks a run wants: one, and more while titles wait for one.

    To start one costs some core-seconds and a gigabyte, which a short run never earns back. So
    a title first waits as long as a process takes to start. That costs at most twice the best
    choice in hindsight (the ski-rental rule). Then as many start as there are, or fewer where fewer
    titles wait: titles that are soon over wait for one another rather than for a process each, and
    a large run has a hundred processes after seven such waits.
    """

    def __init__(self, patience: float) -> None:
        """Begin with one.

        Args:
            patience: seconds after which a process that has not started no longer counts, as
                where its GPU is taken by others.
        """
        self.wanted = 1
        self._patience = patience
        self._start: float | None = None
        self._since = time.monotonic()

    def started(self, seconds: float) -> None:
        """Note that a process got ready, and how long it took."""
        self._start = seconds
        self._since = time.monotonic()

    def look(self, waiting: int, starting: bool) -> bool:
        """Return whether more are wanted than before.

        Args:
            waiting: titles that no process takes.
            starting: whether some process is not ready yet.
        """
        now = time.monotonic()
        if not waiting:
            self._since = now
        enough = self._patience if starting or self._start is None else self._start
        if now - self._since < enough:
            return False
        self.wanted += min(waiting, self.wanted)
        self._since = now
        return True
