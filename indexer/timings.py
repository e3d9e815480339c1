"""How long each stage takes on this machine, for estimates and progress."""

import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from encoder.atomic import write_text
from indexer.stages.base import Stage

OVERLAP = "clock"
"""The name by which the part of all stages' seconds is kept that a run takes by the clock."""
OVERLAPS = 0.8
"""That part where nothing is known: stages of two kinds run at a time."""
WEIGHT = 0.3
"""How much the newest measurement counts against what was known."""


class Timings:
    """Seconds of work per second of film and stage, learnt from run to run."""

    def __init__(self, path: Path, stages: Sequence[Stage[Any]] | None = None) -> None:
        """Read what was learnt.

        Args:
            path: of the file that keeps it.
            stages: those to estimate, whose rates are a first guess; by default, all.
        """
        if stages is None:
            from indexer.pipeline import STAGES  # Takes a second; who names its stages saves that.

            stages = STAGES
        self._path = path
        self._lock = threading.Lock()
        self._rates = {stage.name: stage.rate for stage in stages} | {OVERLAP: OVERLAPS}
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            self._rates |= {name: float(known[name]) for name in self._rates if name in known}
        except (OSError, ValueError, TypeError):
            # These are only estimates: without the file, defaults are good enough.
            pass

    def estimate(self, stages: Iterable[str], film_seconds: float) -> float:
        """Return the seconds that ``stages`` are expected to take on a film."""
        return sum(self._rates.get(stage, 0.0) for stage in stages) * film_seconds

    def clock(self, work: float) -> float:
        """Return the expected wall-clock seconds for seconds of work."""
        return self._rates[OVERLAP] * work

    def learn_clock(self, work: float, took: float) -> None:
        """Learn from the wall-clock seconds of a whole run, and the seconds of work in it."""
        self._rates[OVERLAP] += WEIGHT * (took / work - self._rates[OVERLAP])

    def learn(self, stage: str, film_seconds: float, took: float) -> None:
        """Learn from a measurement of one stage, in seconds."""
        if film_seconds < 1.0:
            return
        with self._lock:
            known = self._rates.get(stage, took / film_seconds)
            self._rates[stage] = known + WEIGHT * (took / film_seconds - known)

    def save(self) -> None:
        """Save the measurements for the next run."""
        write_text(self._path, json.dumps(self._rates, indent=1, sort_keys=True))
