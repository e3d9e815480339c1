"""What all processes that this one started take together. Linux only."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

LOOK = 0.5
"""Seconds between two looks at the processes."""
TICKS = os.sysconf("SC_CLK_TCK")
IDLE, CALM, LONGEST = 0.05, 2.0, 60.0
"""Of a core; seconds; seconds: see ``settle``."""


class Meter(threading.Thread):
    """Looks now and then at what the descendants of this process take together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._stopped = threading.Event()
        self._peak = 0
        self._used: dict[int, float] = {}
        self._look()
        self._before = sum(self._used.values())

    def run(self) -> None:
        """Look until it is stopped."""
        while not self._stopped.wait(LOOK):
            self._look()

    def stop(self) -> tuple[float, float]:
        """Return the core-seconds since it began, and the most memory in GiB."""
        self._stopped.set()
        self.join()
        self._look()
        return sum(self._used.values()) - self._before, self._peak / 2**20

    def _look(self) -> None:
        processes = descendants(os.getpid())
        self._peak = max(self._peak, sum(map(shared_out, processes)))
        self._used |= {each: used for each in processes if (used := computed(each)) is not None}


def descendants(process: int) -> list[int]:
    """Return the ids of the processes that a process started, and those that they started."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (task / "children").read_text(encoding="ascii").split()):
                found += [child, *descendants(child)]
    return found


def shared_out(process: int) -> int:
    """Return the KiB of a process, those that it shares divided by the number of its sharers."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def computed(process: int) -> float | None:
    """Return the core-seconds of a process, with those of the ffmpeg processes that it ran."""
    with suppress(OSError):
        name, _, rest = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")
        own, children = map(int, rest.split()[11:13]), map(int, rest.split()[13:15])
        if "ffmpeg" in name:  # Counted where it was started, also when it was too short to be seen.
            return 0.0
        # Ray's own processes start the others, which are seen themselves.
        started = 0 if "raylet" in name else sum(children)
        return (sum(own) + started) / TICKS
    return None


def settle() -> None:
    """Wait until the processes do next to nothing for a moment, or for a minute."""
    end = time.monotonic() + LONGEST
    before = computed_by_all()
    while time.monotonic() < end:
        time.sleep(CALM)
        now = computed_by_all()
        if now - before < IDLE * CALM:
            return
        before = now


def computed_by_all() -> float:
    """Return the core-seconds of the processes that this one started and that still run."""
    return sum(computed(each) or 0.0 for each in descendants(os.getpid()))
