"""Choosing candidates for a trailer of a given length: a submodular knapsack, by greedy steps.

Two greedy choices are made, by what a candidate adds and by what it adds a second: the better
one has at least (1 − 1/e)/2 of the best possible value (Leskovec et al. 2007, "Cost-effective
outbreak detection in networks", theorem 3). Exchanges of one candidate for another raise both
further, and the better one is kept. Values decide and, between equals, the candidates' order.
"""

from collections.abc import Callable, Sequence

from app.trailer.objective import Objective
from app.trailer.records import Candidate

LEAST_GAIN = 1e-9
"""A smaller difference is rounding, and would let an exchange go round in circles."""
SWEEPS = 3
"""Rounds of exchanges at most: later ones gain next to nothing."""

Worth = Callable[[float, Candidate], float]
"""What a candidate is worth to a greedy choice, by what it adds."""


def choose(pool: Sequence[Candidate], seconds: float, value: Objective) -> list[Candidate]:
    """Return a choice of at most ``seconds``, in the candidates' order.

    Args:
        pool: what can be taken; no two share a frame.
        seconds: the most that they may last together.
        value: of a choice.
    """
    ordered = sorted(pool, key=lambda each: each.order)
    worths: tuple[Worth, ...] = (lambda gain, each: gain / each.span.seconds, lambda gain, _: gain)
    greedy = [_filled([], ordered, seconds, worth, value) for worth in worths]
    raised = [_exchanged(each, ordered, seconds, value) for each in greedy]
    best = max(raised, key=lambda chosen: value(chosen))
    return sorted(best, key=lambda each: each.order)


def _filled(
    chosen: Sequence[Candidate],
    pool: Sequence[Candidate],
    seconds: float,
    worth: Worth,
    value: Objective,
) -> list[Candidate]:
    """Add the candidate of most worth that still fits, until none does."""
    taken = list(chosen)
    while True:
        fitting = _fitting(taken, pool, seconds)
        if not fitting:
            return taken
        gain = value.adding(taken)
        worths = [worth(gain(each), each) for each in fitting]
        taken.append(fitting[worths.index(max(worths))])


def _exchanged(
    chosen: Sequence[Candidate], pool: Sequence[Candidate], seconds: float, value: Objective
) -> list[Candidate]:
    """Exchange each for the best other, and fill what is left, while the value rises."""
    taken = list(chosen)
    for _ in range(SWEEPS):
        before = value(taken)
        for out in taken:
            kept = [each for each in taken if each != out]
            gain = value.adding(kept)
            best = max(_fitting(kept, pool, seconds), key=gain)
            if gain(best) > gain(out) + LEAST_GAIN:
                taken = [*kept, best]
        taken = _filled(taken, pool, seconds, lambda gain, _: gain, value)
        if value(taken) <= before + LEAST_GAIN:
            break
    return taken


def _fitting(
    taken: Sequence[Candidate], pool: Sequence[Candidate], seconds: float
) -> list[Candidate]:
    """Return what is not taken yet and fits into what is left, in order."""
    left = seconds - sum(each.span.seconds for each in taken) + LEAST_GAIN
    own = {each.order for each in taken}
    return [each for each in pool if each.span.seconds <= left and each.order not in own]
