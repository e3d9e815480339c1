"""What each block adds to a probe, with intervals over titles."""

from collections.abc import Sequence

import numpy as np

from probes.forward import Trial
from probes.intervals import percentile_interval, resampled
from probes.metrics import Values
from probes.probe import Blocks
from probes.reading import BlockRecord
from probes.selection import Selection


def block_records(
    found: Selection, blocks: Blocks, titles: Sequence[str], chance: float, resamples: int
) -> tuple[BlockRecord, ...]:
    """Return the blocks that are read, in the order of the choice, then those left out.

    Args:
        found: the choice.
        blocks: that it was made among.
        titles: the title id of each row.
        chance: the metric of random scores.
        resamples: of titles, for the intervals.
    """
    steps, left_out = found.path.steps, found.path.left_out
    trials = [*steps, *left_out]
    draws = resampled([trial.metric for trial in trials], titles, resamples, 0)
    values = [trial.value for trial in trials]
    strengths = [term.strength * found.best.strength for term in found.best.reading]
    known = [0 if r.likeness is None else len(r.likeness.known) for r in found.best.heads.reads]

    def record(at: int, strength: float | None, likeness: int) -> BlockRecord:
        name = _last(trials[at])
        base, below = _base(at, len(steps), values, draws, chance)
        apart = percentile_interval(values[at] - base, draws[at] - below)
        alone, width = found.path.best_of(name).value, blocks[name].shape[1]
        return BlockRecord(
            name, width, strength, likeness, alone, apart.value, apart.low, apart.high
        )

    own = range(len(steps))
    return (
        *(record(at, strengths[at], known[at]) for at in own),
        *(record(at, None, 0) for at in range(len(steps), len(trials))),
    )


def _base(
    at: int, steps: int, values: Sequence[float], draws: Sequence[Values], chance: float
) -> tuple[float, Values]:
    """Return what trial ``at`` is compared with: the step before it, or chance."""
    if at == 0:
        return chance, np.full_like(draws[0], chance)
    before = min(at, steps) - 1
    return values[before], draws[before]


def _last(trial: Trial) -> str:
    return trial.reading[-1].block
