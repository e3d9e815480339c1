import numpy as np

from probes.forward import Trial, forward_path
from probes.metrics import MacroAveragePrecision
from probes.reading import Reading, Term

NOTHING = np.zeros((1, 1), dtype=np.float32)
ALONE = {"place": (0.2, 1.0), "text": (0.5, 1000.0), "title": (0.3, 10_000.0)}


def trial(reading: Reading, value: float, strength: float) -> Trial:
    draws = np.full(10, value)
    return Trial(reading, strength, NOTHING, MacroAveragePrecision(NOTHING, NOTHING), value, draws)


def test_an_added_block_takes_its_own_strength_or_that_of_the_first_one() -> None:
    beside = {("place", 1000.0): 0.6, ("place", 1.0): 0.4, ("title", 10_000.0): 0.55}
    tried = []

    def attempt(reading: Reading) -> Trial:
        if len(reading) == 1:
            return trial(reading, *ALONE[reading[0].block])
        added = reading[-1]
        tried.append((added.block, added.strength))
        return trial(reading, beside[added.block, added.strength] + 0.01 * len(reading), 1.0)

    path = forward_path([Term(name) for name in ALONE], attempt, thorough=False)
    # A strength that is at least that of the first block is the only one.
    assert tried[:3] == [("place", 1000.0), ("place", 1.0), ("title", 10_000.0)]
    assert path.steps[1].reading == (Term("text", strength=1000.0), Term("place", strength=1000.0))
