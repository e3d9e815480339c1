"""A further process starts when titles have waited as long as it takes to start."""

import pytest

from indexer.executors import growth
from indexer.executors.growth import Growth


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(growth, "time", made)
    return made


def test_processes_double_while_titles_wait(clock: Clock) -> None:
    wanted = Growth(patience=60)
    clock.now = 10
    wanted.started(10)
    assert not wanted.look(3, starting=False)
    clock.now = 19
    assert not wanted.look(3, starting=False)
    clock.now = 20
    assert wanted.look(3, starting=False)
    assert wanted.wanted == 2
    # The one that starts now may be enough.
    clock.now = 35
    assert not wanted.look(2, starting=True)
    wanted.started(15)
    for many in (4, 8, 16):
        clock.now += 15
        assert wanted.look(100, starting=False)
        assert wanted.wanted == many


def test_no_more_start_than_titles_wait(clock: Clock) -> None:
    wanted = Growth(patience=60)
    wanted.started(10)
    for waiting, many in ((1, 2), (2, 4), (1, 5)):
        clock.now += 10
        assert wanted.look(waiting, starting=False)
        assert wanted.wanted == many


def test_a_short_wait_starts_none(clock: Clock) -> None:
    wanted = Growth(patience=60)
    wanted.started(10)
    for clock.now in range(5, 100, 5):
        assert not wanted.look(int(clock.now) // 5 % 2, starting=False)
    assert wanted.wanted == 1


def test_a_process_that_does_not_start_is_not_waited_for_for_ever(clock: Clock) -> None:
    """As where other work holds the GPU that it was given."""
    wanted = Growth(patience=60)
    clock.now = 59
    assert not wanted.look(1, starting=True)
    clock.now = 60
    assert wanted.look(1, starting=True)
    assert wanted.wanted == 2
