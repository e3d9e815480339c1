"""What comes quickly is dealt with together, and nothing is left over."""

from collections.abc import Sequence

from indexer.batches import PAUSE, Batches


def test_the_first_goes_at_once_and_those_that_follow_together() -> None:
    taken: list[list[int]] = []
    now = 100.0

    def take(batch: Sequence[int]) -> None:
        taken.append([*batch])

    batches = Batches(take, lambda: now)
    for number in range(4):
        batches.add(number)
        now += PAUSE / 4
    assert taken == [[0]]
    batches.add(4)
    assert taken == [[0], [1, 2, 3, 4]]
    now += PAUSE
    batches.add(5)
    batches.add(6)
    assert taken[2:] == [[5]]
    batches.finish()
    batches.finish()
    assert taken[3:] == [[6]]
