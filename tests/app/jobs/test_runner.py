"""The thread behind index jobs, reels, webhooks and watched folders."""

import threading
from collections.abc import Callable, Iterator

import pytest

from app.jobs import runner as module
from app.jobs.runner import Runner
from tests.app.jobs.conftest import until


class Steps:
    """Counts the steps, and returns or raises what the test says; afterwards None."""

    def __init__(self, *outcomes: float | Exception | None) -> None:
        self.count = 0
        self._outcomes = list(outcomes)

    def __call__(self) -> float | None:
        self.count += 1
        outcome = self._outcomes.pop(0) if self._outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def run() -> Iterator[Callable[[Callable[[], float | None]], Runner]]:
    made: list[Runner] = []

    def run(step: Callable[[], float | None]) -> Runner:
        made.append(Runner("a test", step))
        return made[-1]

    yield run
    for each in made:
        each.close(5)


Run = Callable[[Callable[[], float | None]], Runner]


def test_nothing_is_done_before_it_is_woken(run: Run) -> None:
    steps = Steps()
    run(steps).close()
    assert steps.count == 0


def test_a_step_says_when_the_next_is_due(run: Run) -> None:
    steps = Steps(0.0, 0.01, None)
    runner = run(steps)
    runner.wake()
    until(lambda: steps.count == 3)
    runner.wake()
    until(lambda: steps.count == 4)


def test_a_wake_during_a_step_is_not_lost(run: Run) -> None:
    begun, go = threading.Event(), threading.Event()
    count = 0

    def step() -> None:
        nonlocal count
        begun.set()
        assert go.wait(10)
        count += 1

    runner = run(step)
    runner.wake()
    assert begun.wait(10)
    runner.wake()
    go.set()
    until(lambda: count == 2)


def test_a_step_that_fails_is_logged_and_tried_again(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.0)
    steps = Steps(ZeroDivisionError("whatever"))
    run(steps).wake()
    until(lambda: steps.count == 2)
    (record,) = caplog.records
    assert "whatever" in str(record.exc_info)
    caplog.clear()


def test_once_closed_it_does_nothing(run: Run) -> None:
    steps = Steps(3600.0)
    runner = run(steps)
    runner.wake()
    until(lambda: steps.count == 1)
    runner.close()
    runner.wake()
    assert steps.count == 1
