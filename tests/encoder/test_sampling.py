from collections import Counter
from itertools import islice

import pytest

from encoder.sampling import ALIKE, Position, Window, alike, endless_plan, plan_epoch

LENGTHS = [3, 40, 1, 7, 12, 5, 100, 31] * 9


def shots_of(batches: list[list[Window]]) -> Counter[tuple[int, int]]:
    return Counter(
        (window.title, shot)
        for batch in batches
        for window in batch
        for shot in range(window.start, window.start + window.shots)
    )


@pytest.mark.parametrize("epoch", [0, 1, 17])
@pytest.mark.parametrize("batch_shots", [1, 50, 100_000])
def test_an_epoch_has_every_shot_once_in_batches_of_their_size(
    epoch: int, batch_shots: int
) -> None:
    batches = plan_epoch(LENGTHS, 32, batch_shots, seed=0, epoch=epoch)
    everything = {(t, shot) for t, length in enumerate(LENGTHS) for shot in range(length)}
    assert shots_of(batches) == Counter(everything)
    for batch in batches:
        longest = max(window.shots for window in batch)
        assert longest <= 32
        assert len(batch) == 1 or len(batch) * longest <= batch_shots


def test_a_long_title_is_cut_elsewhere_in_each_epoch() -> None:
    starts = {
        window.start
        for epoch in range(30)
        for batch in plan_epoch([100], 32, 64, seed=0, epoch=epoch)
        for window in batch
    }
    assert len(starts) > 40


def test_windows_of_a_length_come_together() -> None:
    lengths = list(range(1, 400))
    batches = plan_epoch(lengths, 512, 2000, seed=0, epoch=0)
    positions = sum(len(batch) * max(window.shots for window in batch) for batch in batches)
    assert positions < 1.15 * sum(lengths), "little of a batch is padding"
    firsts = [batch[0].shots for batch in batches]
    assert firsts != sorted(firsts), "batches do not come in order of length"


def test_epochs_and_seeds_differ_and_are_known_beforehand() -> None:
    plans = [plan_epoch(LENGTHS, 32, 64, seed, epoch) for seed, epoch in ((0, 0), (0, 1), (1, 0))]
    assert plans[0] != plans[1] != plans[2] != plans[0]
    assert plans[1] == plan_epoch(LENGTHS, 32, 64, 0, 1)


def test_a_plan_goes_on_from_any_position() -> None:
    whole = list(islice(endless_plan(LENGTHS, 32, 64, 0, Position()), 100))
    assert whole[-1][1].epoch >= 1
    for done in (1, 37, 99):
        rest = list(islice(endless_plan(LENGTHS, 32, 64, 0, whole[done - 1][1]), 100 - done))
        assert rest == whole[done:]


@pytest.mark.parametrize("lengths", [[5], [1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8, 40, 50, 512]])
def test_a_batch_is_cut_into_parts_of_windows_that_are_about_as_long(lengths: list[int]) -> None:
    parts = [lengths[part] for part in alike(lengths)]
    assert [length for part in parts for length in part] == lengths
    assert all(part[0] >= ALIKE * part[-1] for part in parts)
    assert len(parts) <= len(set(lengths))
