"""Choice of the blocks that a probe reads, one after another, by the one-standard-error rule.

It begins with the simplest block that is within one standard error of the best one, and adds
another while that gains more than one (Breiman et al. 1984). Standard errors are of paired
differences, by bootstrap over titles.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from probes.metrics import Metric, Values
from probes.probe import Matrix
from probes.reading import Reading, Term


@dataclass(frozen=True, eq=False)
class Trial:
    """A reading at its best strength, which multiplies those of its terms.

    ``logits`` [rows, classes] float32 are of the rows to choose on, by heads that have not seen
    their titles; ``metric`` is theirs, ``value`` what it says of them and ``draws`` [resamples]
    what it says of resampled titles.
    """

    reading: Reading
    strength: float
    logits: Matrix
    metric: Metric
    value: float
    draws: Values


@dataclass(frozen=True, eq=False)
class Path:
    """How a choice was made: each block ``alone``, the ``steps`` of one block more each, and what
    was tried last and ``left_out``."""

    alone: tuple[Trial, ...]
    steps: tuple[Trial, ...]
    left_out: tuple[Trial, ...]

    @property
    def chosen(self) -> Trial:
        """The reading that was chosen."""
        return self.steps[-1]

    def best_of(self, block: str) -> Trial:
        """Return a block alone, by the kind of head that suits it best."""
        own = [trial for trial in self.alone if trial.reading[0].block == block]
        return max(own, key=lambda trial: trial.value)


def forward_path(
    terms: Sequence[Term], attempt: Callable[[Reading], Trial], thorough: bool
) -> Path:
    """Choose blocks among terms.

    Args:
        terms: to choose from, the simplest first.
        attempt: tries a reading.
        thorough: whether a block that gained nothing is tried again beside others. It then is
            known of each block what it would add to the choice.
    """
    alone = tuple(attempt((term,)) for term in terms)
    steps = [_simplest(alone)]
    # A block that is added is read as it is.
    linear = [
        replace(trial.reading[0], strength=trial.strength)
        for trial in alone
        if not trial.reading[0].alike
    ]
    (first,) = steps[0].reading
    reading: Reading = (replace(first, strength=steps[0].strength),)

    def attempt_beside(term: Term) -> Trial:
        """Try a block beside those that are read, with its strength alone and with the first one's.

        The latter where it is stronger: less is left to explain than there was alone, and a block
        that says nothing alone took any strength.
        """
        strengths = dict.fromkeys((max(term.strength, steps[0].strength), term.strength))
        tried = [attempt((*reading, replace(term, strength=each))) for each in strengths]
        return max(tried, key=lambda trial: trial.value)

    while True:
        known = {term.block for term in reading}
        tried = [attempt_beside(term) for term in linear if term.block not in known]
        gaining = [trial for trial in tried if _gains(trial, steps[-1])]
        if not thorough:
            linear = [trial.reading[-1] for trial in tried if trial.value > steps[-1].value]
        if not gaining:
            return Path(alone, tuple(steps), tuple(tried))
        steps.append(_simplest(gaining))
        reading = steps[-1].reading


def _simplest(trials: Sequence[Trial]) -> Trial:
    """Return the first that is within one standard error of the best."""
    best = max(trials, key=lambda trial: trial.value)
    return next(trial for trial in trials if not _gains(best, trial))


def _gains(one: Trial, other: Trial) -> bool:
    """Return whether one is better than the other by more than a standard error."""
    apart = one.draws - other.draws
    error = float(np.std(apart[~np.isnan(apart)])) if (~np.isnan(apart)).any() else 0.0
    return one.value - other.value > error
